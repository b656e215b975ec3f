import { setTimeout as sleep } from 'node:timers/promises';

const MS_MAX = 30_000;
const POLL_MS = 50;

/** Asks until the answer is as it should be; the last answer, right or wrong, after `msMax`. */
export async function until<T>(
  ask: () => Promise<T> | T,
  isRight: (answer: T) => boolean,
  msMax = MS_MAX,
): Promise<T> {
  const giveUpAt = Date.now() + msMax;
  for (;;) {
    const answer = await ask();
    if (isRight(answer) || Date.now() > giveUpAt) return answer;
    await sleep(POLL_MS);
  }
}

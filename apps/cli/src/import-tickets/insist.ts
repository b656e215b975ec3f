import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '../failure';
import { NotNow, type LineAnswer, type Server } from './server';

export interface Patience {
  /** Long enough for a server to be started again. */
  readonly giveUpAfterMs: number;
  readonly firstPauseMs: number;
}

export const PATIENCE: Patience = { giveUpAfterMs: 30_000, firstPauseMs: 100 };
const PAUSE_MS_MAX = 2_000;

/**
 * Sends lines until each has an answer that is final. Lines that the server could not do for now are
 * sent again, and all of them when the connection was lost: the server counts each once.
 */
export async function postInsistently(
  server: Server,
  path: string,
  { lines, patience }: { readonly lines: readonly string[]; readonly patience: Patience },
): Promise<readonly LineAnswer[]> {
  const answers: LineAnswer[] = new Array<LineAnswer>(lines.length);
  let waiting = lines.map((_, index) => index);
  let pauseMs = patience.firstPauseMs;
  let giveUpAt = Date.now() + patience.giveUpAfterMs;
  for (;;) {
    const before = waiting.length;
    let reason = 'the server could not record some tickets for now';
    try {
      const answered = await server.postLines(path, pick(lines, waiting));
      waiting = keep(answered, { answers, waiting });
    } catch (error) {
      if (!(error instanceof NotNow)) throw error;
      reason = error.message;
    }
    if (waiting.length === 0) return answers;
    if (waiting.length < before) giveUpAt = Date.now() + patience.giveUpAfterMs;
    if (Date.now() >= giveUpAt) throw new CommandFailure(reason);
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
  }
}

/** Writes down the final answers; what is left must be sent again. */
function keep(
  answered: readonly LineAnswer[],
  { answers, waiting }: { readonly answers: LineAnswer[]; readonly waiting: readonly number[] },
): number[] {
  return waiting.filter((index, n) => {
    const answer = answered[n];
    if (answer === undefined || answer.code === 'unavailable') return true;
    answers[index] = answer;
    return false;
  });
}

function pick(lines: readonly string[], indexes: readonly number[]): readonly string[] {
  return indexes.length === lines.length ? lines : indexes.map((index) => lines[index] ?? '');
}

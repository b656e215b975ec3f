import { setImmediate as nextTurn } from 'node:timers/promises';

/** What a batch has come to: the next one may begin, its answers are there a little later. */
export interface Begun<Answers> {
  readonly answers: Promise<Answers>;
}

/** Enough to hide the disk's time from who decides, few enough that their memory does not matter. */
const AHEAD_MAX = 4;

/**
 * Begins batches while the answers of up to `aheadMax` before are on their way. Answers that are
 * there are not kept back for a batch that is not: its sender may be waiting for them. Errors of
 * the batches or of `begin` come after all answers of what was begun.
 *
 * The event loop turns before each batch. An answer from the disk can make the next batch begin
 * while further answers come, so that without this nobody else would have a turn for 100 ms.
 */
export async function* beginAhead<Batch, Answers>(
  batches: AsyncIterable<Batch>,
  begin: (batch: Batch) => Promise<Begun<Answers>>,
  aheadMax = AHEAD_MAX,
): AsyncGenerator<Answers> {
  const iterator = batches[Symbol.asyncIterator]();
  /** The oldest first; each until its answers were handed on. */
  const underWay: Promise<Answers>[] = [];
  const isDue = async (oldest: Promise<Answers>, next: Promise<unknown>): Promise<boolean> =>
    underWay.length > aheadMax || isFirst(oldest, next);
  try {
    let next = following(iterator);
    for (;;) {
      let oldest = underWay[0];
      while (oldest !== undefined && (await isDue(oldest, next))) {
        yield await oldest;
        void underWay.shift();
        oldest = underWay[0];
      }
      const batch = await next;
      if (batch.done === true) break;
      await nextTurn();
      const { answers } = await begin(batch.value);
      // Told when it is its turn, and to nobody when the reader has left.
      answers.catch(() => undefined);
      underWay.push(answers);
      next = following(iterator);
    }
  } catch (error) {
    yield* inOrder(underWay);
    throw error;
  } finally {
    // Not waited for: it may itself wait for a batch that nobody sends.
    void iterator.return?.(undefined).catch(() => undefined);
  }
  yield* inOrder(underWay);
}

async function* inOrder<Answers>(all: readonly Promise<Answers>[]): AsyncGenerator<Answers> {
  for (const answers of all) yield await answers;
}

/** Asked for ahead: if nobody comes to wait for it, its failure is nobody's. */
function following<Batch>(iterator: AsyncIterator<Batch>): Promise<IteratorResult<Batch>> {
  const next = iterator.next();
  next.catch(() => undefined);
  return next;
}

async function isFirst(one: Promise<unknown>, other: Promise<unknown>): Promise<boolean> {
  return Promise.race([
    one.then(() => true),
    other.then(
      () => false,
      () => false,
    ),
  ]);
}

/** What a batch has come to: the next one may begin, its answers are there a little later. */
export interface Begun<Answers> {
  readonly answers: Promise<Answers>;
}

/**
 * Begins each batch while the answers of the one before are on their way. Answers that are there
 * are not kept back for a batch that is not: its sender may be waiting for them. Errors of the
 * batches or of `begin` come after all answers of what was begun.
 */
export async function* oneAhead<Batch, Answers>(
  batches: AsyncIterable<Batch>,
  begin: (batch: Batch) => Promise<Begun<Answers>>,
): AsyncGenerator<Answers> {
  const iterator = batches[Symbol.asyncIterator]();
  let before: Begun<Answers> | undefined;
  try {
    let next = following(iterator);
    for (;;) {
      if (before !== undefined && (await isFirst(before.answers, next))) {
        yield await before.answers;
        before = undefined;
      }
      const batch = await next;
      if (batch.done === true) break;
      const begun = await begin(batch.value);
      next = following(iterator);
      if (before !== undefined) yield await before.answers;
      before = begun;
    }
  } catch (error) {
    if (before !== undefined) yield await before.answers;
    throw error;
  } finally {
    // Not waited for: it may itself wait for a batch that nobody sends.
    void iterator.return?.(undefined).catch(() => undefined);
  }
  if (before !== undefined) yield await before.answers;
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

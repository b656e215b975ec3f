import {
  type Appended,
  type AppendRequest,
  type EncodedEvent,
  type Position,
  START,
  WrongExpectedRevision,
  categoryOf,
  checkStreamName,
  encodeAppend,
} from '@fidelis/event-store';
import { OperationalError } from '@fidelis/kernel';
import type { CategoryIndex } from './category-index';
import type { SqliteLimits } from './limits';
import type { RecentEvents } from './recent-events';
import type { Head, StreamHeads } from './stream-heads';
import type { StreamReader } from './stream-reader';
import { Batch } from './batch';
import type { Committer } from './committer';
import { deepFreeze } from './deep-freeze';

export interface WriterParts {
  readonly heads: StreamHeads;
  readonly recent: RecentEvents;
  readonly reader: StreamReader;
  readonly limits: SqliteLimits;
  readonly freezeEvents: boolean;
  /** Position of the last event of the log. */
  readonly last: Position;
  readonly index: CategoryIndex;
  readonly committer: Pick<Committer, 'isBusy' | 'commit' | 'waitForCommit'>;
  /** Told after a commit, behind those who wait for it, up to where was committed before it. */
  readonly onCommitted: (before: Position) => void;
  /** Told when a commit failed, before anybody who waits for it. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Accepts appends in memory and commits them together: the more callers there are at the same time,
 * the more appends share one sync of the disk. What comes during a commit goes into the next one.
 */
export class Writer {
  private batch: Batch | undefined;
  private underWay: Batch | undefined;
  private accepted: Position;
  private durablePosition: Position;
  private closed: Error | undefined;
  private hasFailed = false;

  constructor(private readonly parts: WriterParts) {
    this.accepted = parts.last;
    this.durablePosition = parts.last;
  }

  get durable(): Position {
    return this.durablePosition;
  }

  /** @throws what the port says; then nothing has changed. */
  accept(request: AppendRequest): Appended {
    this.assertOpen();
    const encoded = encodeAppend(request);
    const head = this.headOf(request);
    if ((head?.revision ?? 'no-stream') !== request.expectedRevision) {
      return this.firstResult(request, head);
    }
    if (head === undefined) checkStreamName(request.stream);
    return this.add(request, encoded, head);
  }

  /** Whether an accepted event waits for its commit to begin. */
  get isPending(): boolean {
    return this.batch !== undefined;
  }

  /** Resolves when everything up to this position is on disk. */
  whenDurable(position: Position): Promise<void> {
    if (position <= this.durablePosition) return Promise.resolve();
    const { underWay, batch } = this;
    if (underWay !== undefined && position <= underWay.last) return underWay.durable;
    // Without a batch the commit has failed, perhaps within `accept`.
    return batch?.durable ?? Promise.reject(this.failure());
  }

  assertOpen(): void {
    if (this.closed !== undefined) {
      throw new OperationalError(this.closed.message, { cause: this.closed });
    }
  }

  /** Accepts nothing any more and commits what is pending. */
  async close(): Promise<'intact' | 'failed'> {
    this.closed ??= new Error('the event store is closed');
    while (this.batch !== undefined || this.underWay !== undefined) {
      const last = this.batch ?? this.underWay;
      this.commitNow();
      await last?.durable.catch(() => undefined);
    }
    return this.hasFailed ? 'failed' : 'intact';
  }

  /** What was accepted is lost for this process: only a restart can tell what the disk holds. */
  fail(reason: string): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.closed = new Error(`the event store could not write: ${reason}`);
    this.parts.onFailure(this.closed);
    for (const lost of [this.underWay, this.batch]) lost?.reject(this.failure());
    this.underWay = undefined;
    this.batch = undefined;
  }

  /** The disk has it: whoever waits for it goes on, and what came meanwhile follows. */
  committed(batch: Batch): void {
    this.underWay = undefined;
    const committedBefore = this.durablePosition;
    this.durablePosition = batch.last;
    this.parts.recent.shrink(this.durablePosition);
    batch.resolve();
    this.parts.onCommitted(committedBefore);
    this.commitDue();
  }

  private failure(): OperationalError {
    const message = this.closed?.message ?? 'the event store lost an append';
    return new OperationalError(message, { cause: this.closed, outcomeUnknown: true });
  }

  private add(request: AppendRequest, encoded: readonly EncodedEvent[], head?: Head): Appended {
    const { stream, events } = request;
    const { recent, index, freezeEvents } = this.parts;
    const category = categoryOf(stream);
    const batch = this.pendingBatch();
    let revision = head?.revision ?? -1;
    let previous = head?.position ?? START;
    for (let i = 0; i < events.length; i += 1) {
      const [source, text] = [events[i], encoded[i]];
      if (source === undefined || text === undefined) continue;
      const { id, type, data, metadata } = source;
      const position = this.accepted + 1;
      revision += 1;
      const event = { id, type, data, metadata, stream, category, revision, position };
      if (freezeEvents) deepFreeze(event);
      batch.add(event, previous, text);
      recent.push(event, previous, text.data.length + text.metadata.length);
      index.write(batch, category, position);
      this.accepted = position;
      previous = position;
    }
    const appended = { revision, position: this.accepted };
    if (head === undefined) this.parts.heads.add(stream, appended);
    else this.parts.heads.move(stream, head, appended);
    this.commitWhenFull(batch);
    return appended;
  }

  private headOf({ stream, expectedRevision }: AppendRequest): Head | undefined {
    const { heads } = this.parts;
    return expectedRevision === 'no-stream' && heads.isAbsent(stream)
      ? undefined
      : heads.get(stream);
  }

  /** The request expects another head: it is a repetition of an append that succeeded, or late. */
  private firstResult(request: AppendRequest, head: Head | undefined): Appended {
    const { stream, expectedRevision, events } = request;
    const first = expectedRevision === 'no-stream' ? 0 : expectedRevision + 1;
    const last = first + events.length - 1;
    if (head !== undefined && last <= head.revision) {
      const streamHead = { ...head, stream };
      const position = this.parts.reader.locate(streamHead, last);
      const found = this.parts.reader.read(
        { stream, revision: last, position },
        { fromRevision: first, limit: events.length },
      );
      if (found.every((event, i) => event.id === events[i]?.id)) {
        return { revision: last, position };
      }
    }
    throw new WrongExpectedRevision(stream, expectedRevision, head?.revision ?? 'no-stream');
  }

  private pendingBatch(): Batch {
    if (this.batch === undefined) {
      this.batch = new Batch(this.accepted);
      this.commitWhenQuiet(this.batch, 0);
    }
    return this.batch;
  }

  /**
   * Commits at the first turn of the event loop that brought nothing more, so that all who write at
   * the same time share one sync; a lone caller waits for one empty turn.
   */
  private commitWhenQuiet(batch: Batch, eventsBefore: number, turn = 1): void {
    setImmediate(() => {
      if (batch !== this.batch) return;
      const { eventCount } = batch;
      if (eventCount === eventsBefore || turn >= this.parts.limits.commitTurnsMax) this.commitNow();
      else this.commitWhenQuiet(batch, eventCount, turn + 1);
    });
  }

  /**
   * Not later than it is worth a commit: the disk works while the rest of a burst is decided. Blocks
   * when a batch is full: whoever writes faster than the disk takes it must not fill the memory.
   */
  private commitWhenFull(batch: Batch): void {
    const { pendingEventsMax, pendingBytesMax, commitEventsMin } = this.parts.limits;
    if (batch.eventCount >= commitEventsMin && !this.parts.committer.isBusy) {
      this.commitNow();
      return;
    }
    if (batch.eventCount < pendingEventsMax && batch.bytes < pendingBytesMax) return;
    this.commitNow();
    while (!this.hasFailed && this.durablePosition < batch.last) {
      this.parts.committer.waitForCommit();
    }
  }

  private commitNow(): void {
    if (this.batch !== undefined) this.batch.isDue = true;
    this.commitDue();
  }

  private commitDue(): void {
    const { batch } = this;
    const { committer } = this.parts;
    if (batch?.isDue !== true || committer.isBusy || this.hasFailed) return;
    this.batch = undefined;
    this.underWay = batch;
    committer.commit(batch);
  }
}

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
import type { Place } from './event-log';
import type { SqliteLimits } from './limits';
import type { RecentEvents } from './recent-events';
import type { StreamHeads } from './stream-heads';
import type { StreamReader } from './stream-reader';
import { Batch } from './batch';
import { deepFreeze } from './deep-freeze';

export interface WriterParts {
  readonly heads: StreamHeads;
  readonly recent: RecentEvents;
  readonly reader: StreamReader;
  readonly limits: SqliteLimits;
  readonly freezeEvents: boolean;
  /** Position of the last event of the log. */
  readonly last: Position;
  /** Writes a batch to the disk; what it throws ends the store. */
  readonly commit: (batch: Batch) => void;
  /** Told after the commit, behind those who wait for it. */
  readonly onCommitted: () => void;
  /** Told when a commit failed, before anybody who waits for it. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Accepts appends in memory and commits them together: the more callers there are at the same time,
 * the more appends share one sync of the disk.
 */
export class Writer {
  private batch: Batch | undefined;
  private accepted: Position;
  private durablePosition: Position;
  private closed: Error | undefined;

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
    const head = this.parts.heads.get(request.stream);
    if ((head?.revision ?? 'no-stream') !== request.expectedRevision) {
      return this.firstResult(request, head);
    }
    if (head === undefined) checkStreamName(request.stream);
    return this.add(request, encoded, head);
  }

  /** Resolves when everything up to this position is on disk. */
  whenDurable(position: Position): Promise<void> {
    if (position <= this.durablePosition) return Promise.resolve();
    // Without a batch the commit has failed, perhaps within `accept`.
    return this.batch?.durable ?? Promise.reject(this.failure());
  }

  assertOpen(): void {
    if (this.closed !== undefined) {
      throw new OperationalError(this.closed.message, { cause: this.closed });
    }
  }

  /** Commits what is pending; then nothing is accepted any more. */
  close(): 'intact' | 'failed' {
    this.commit();
    const state = this.closed === undefined ? 'intact' : 'failed';
    this.closed ??= new Error('the event store is closed');
    return state;
  }

  /** What was accepted is lost for this process: only a restart can tell what the disk holds. */
  fail(reason: unknown): void {
    if (this.closed !== undefined) return;
    const message = `the event store could not write: ${messageOf(reason)}`;
    this.closed = new Error(message, { cause: reason });
    this.parts.onFailure(this.closed);
    this.batch?.reject(this.failure());
    this.batch = undefined;
  }

  private failure(): OperationalError {
    const message = this.closed?.message ?? 'the event store lost an append';
    return new OperationalError(message, { cause: this.closed, outcomeUnknown: true });
  }

  private add(request: AppendRequest, encoded: readonly EncodedEvent[], head?: Place): Appended {
    const { stream, events } = request;
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
      if (this.parts.freezeEvents) deepFreeze(event);
      const bytes = text.data.length + text.metadata.length;
      batch.events.push(event);
      batch.previous.push(previous);
      batch.encoded.push(text);
      batch.bytes += bytes;
      this.parts.recent.push(event, previous, bytes);
      this.accepted = position;
      previous = position;
    }
    const appended = { revision, position: this.accepted };
    this.parts.heads.set(stream, appended);
    this.commitWhenFull(batch);
    return appended;
  }

  /** The request expects another head: it is a repetition of an append that succeeded, or late. */
  private firstResult(request: AppendRequest, head: Place | undefined): Appended {
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
      this.batch = new Batch();
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
      const { length } = batch.events;
      if (length === eventsBefore || turn >= this.parts.limits.commitTurnsMax) this.commit();
      else this.commitWhenQuiet(batch, length, turn + 1);
    });
  }

  private commitWhenFull(batch: Batch): void {
    const { pendingEventsMax, pendingBytesMax } = this.parts.limits;
    if (batch.events.length >= pendingEventsMax || batch.bytes >= pendingBytesMax) this.commit();
  }

  private commit(): void {
    const { batch } = this;
    if (batch === undefined || this.closed !== undefined) return;
    try {
      this.parts.commit(batch);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.batch = undefined;
    this.durablePosition = this.accepted;
    this.parts.recent.shrink(this.durablePosition);
    batch.resolve();
    this.parts.onCommitted();
  }
}

function messageOf(reason: unknown): string {
  const hasMessage = typeof reason === 'object' && reason !== null && 'message' in reason;
  return String(hasMessage ? reason.message : reason);
}

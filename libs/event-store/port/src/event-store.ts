import type { Eventually, Instant, JsonObject } from '@fidelis/kernel';

/**
 * A place in the store's order of all events. Opaque to its users: only compared, stored and given
 * back. Strictly increasing in commit order; gapless only on memory and SQLite. Always a safe
 * integer (an EventStoreDB log position is a byte offset; 2^53 bytes are 9 PB).
 */
export type Position = number;

/** Before the first event. */
export const START: Position = -1;

export interface EventMetadata {
  /** When the system recorded it, by the service's clock (the test clock too). */
  readonly recordedAt: Instant;
  /** The operation that caused it: the same operation twice changes nothing. */
  readonly operationId: string;
  /** Content hash of the operation's command: an operation id met with another is refused. */
  readonly fingerprint?: string;
  /** Who acted, where somebody acted for a participant. */
  readonly actor?: string;
  /** Hash over this event and the previous event's hash (streams with a hash chain). */
  readonly hash?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
}

export interface EventToAppend {
  /** A UUID, given by the caller: it makes a repeated append recognisable. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  /** `data` as JSON, where the caller has made it already: a store makes it once otherwise. */
  readonly dataJson?: string;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent extends Omit<EventToAppend, 'dataJson'> {
  readonly stream: string;
  /** The stream's name up to its first `-`. */
  readonly category: string;
  /** Gapless from 0 within the stream. */
  readonly revision: number;
  readonly position: Position;
}

export interface AppendRequest {
  readonly stream: string;
  /** The revision of the stream's last event, or `no-stream`. There is no `any`. */
  readonly expectedRevision: number | 'no-stream';
  /** 1 to `APPEND_EVENTS_MAX`, each of at most `EVENT_BYTES_MAX`. */
  readonly events: readonly EventToAppend[];
}

export interface Appended {
  /** Revision of the last event of this append. */
  readonly revision: number;
  /** Position of the last event of this append. */
  readonly position: Position;
}

/**
 * An append on its way. `accepted`: the head was checked and moved; a later append of this process
 * may build on it. `durable`: it is on disk (or committed by a quorum) and so is every append that
 * was accepted before it. Answers wait for `durable`. A store that decides in memory gives `accepted`
 * at once; where the store has no such pipelining both settle together. When `accepted` rejects,
 * `durable` rejects with the same error (it need not be awaited then).
 */
export interface PendingAppend {
  readonly accepted: Eventually<Appended>;
  readonly durable: Promise<void>;
}

export interface ReadStreamOptions {
  /** First revision to read (forwards: default 0; backwards: default the last). */
  readonly fromRevision?: number;
  readonly direction?: 'forwards' | 'backwards';
  /** At most this many events, at most `READ_EVENTS_MAX`, which is the default. */
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** Exclusive. */
  readonly after: Position;
  /** Absent: every category of ours (never the store's own system events). */
  readonly categories?: readonly string[];
  readonly limit?: number;
}

export interface SubscribeOptions {
  /** For logs and metrics. */
  readonly name: string;
  /** Exclusive: the subscriber's checkpoint. */
  readonly after: Position;
  readonly categories?: readonly string[];
  readonly batchSizeMax: number;
  /**
   * After reaching the head of a busy feed (`BUSY_EVENTS` or more since the last time), wait this
   * long for the next batch; proportionally less after fewer events, so that a quiet feed is live.
   * Fuller batches cost less per event where a handler pays per batch (a transaction, an append for
   * each account) and leave the machine to the writers meanwhile. A wait ends early with `hurry`,
   * and where the store can tell that nothing has come for a tenth of it (5 ms at least). Default 0.
   */
  readonly lingerMs?: number;
  /**
   * Whether batches cost it next to nothing now, so that fuller ones are not worth what a store pays
   * that keeps unread events in memory: such a store then ends its wait earlier. Absent: they do.
   */
  readonly isLight?: () => boolean;
  /**
   * Called with one batch at a time, in order, each event exactly once as long as it resolves; the
   * next batch comes after it resolved. When it rejects, the same batch is delivered again after a
   * back-off. Events are shared between subscribers: treat them as frozen.
   */
  readonly onBatch: (events: readonly RecordedEvent[]) => Promise<void>;
  /** Told of every failure of the handler or the connection, before the back-off. */
  readonly onError?: (error: unknown) => void;
}

export interface Subscription {
  /** Somebody waits for it to reach the head: it does not linger on its way there. */
  readonly hurry: () => void;
  /** Resolves when the batch in flight has ended; nothing is delivered afterwards. */
  stop(): Promise<void>;
}

export interface Snapshot {
  readonly revision: number;
  readonly version: number;
  readonly state: JsonObject;
  /** Hash of the event at `revision`, for streams with a hash chain. */
  readonly hash?: string;
}

/** An operation that events at or below a snapshot's revision recorded. */
export interface RecordedOperation {
  readonly operationId: string;
  /** Revision of the operation's first event. */
  readonly revision: number;
}

/**
 * Kept beside the events, never part of them; losing all of it costs only time. The operation
 * index of a stream is complete up to its snapshot's revision: both are written together.
 */
export interface SnapshotStore {
  read(stream: string): Promise<Snapshot | undefined>;
  write(
    stream: string,
    snapshot: Snapshot,
    operations: readonly RecordedOperation[],
  ): Promise<void>;
  findOperation(stream: string, operationId: string): Promise<number | undefined>;
}

/**
 * The source of truth.
 *
 * Events that it gives are shared (a store may keep the last ones in memory): treat an event as
 * frozen, also one that was given to `append`.
 *
 * Errors: `ContractError` (a bad stream name, event id or number of events: the caller's mistake),
 * `EventTooLarge`, `WrongExpectedRevision` (somebody else was first): nothing was written.
 * `OperationalError`: retry; with `outcomeUnknown` the append may have happened, and a retry with
 * the same event ids at the same expected revision gives the first result.
 */
export interface EventStore {
  /** `true` when this process is the only writer, so a cached head is the truth. */
  readonly soleWriter: boolean;
  append(request: AppendRequest): PendingAppend;
  /** An absent stream gives no events. Shows durable events only, and every durable one. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;
  /** Only where it is known at once and for certain: nobody has written this stream, accepted or not. */
  isAbsent?(stream: string): boolean;
  /** None: there are none behind the position. Fewer than the limit need not be all. */
  readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]>;
  subscribe(options: SubscribeOptions): Subscription;
  /**
   * Only where the log has no index of categories: all events of these, read together, are few, and
   * are kept where a process that starts finds them without reading the log.
   */
  indexCategories?(categories: readonly string[]): void;
  /** Position of the last durable event (of these categories); `START` when there is none. */
  headOf(categories?: readonly string[]): Promise<Position>;
  readonly snapshots: SnapshotStore;
  /** Ends subscriptions, writes what was accepted, releases the files. */
  close(): Promise<void>;
}

/** What those need who only follow: views, relays, groups. */
export type EventFeed = Pick<EventStore, 'subscribe' | 'headOf'>;

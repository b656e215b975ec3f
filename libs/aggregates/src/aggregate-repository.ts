import {
  eventually,
  type Aggregate,
  type Decision,
  type DomainEvent,
  type Eventually,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import { READ_EVENTS_MAX, streamName, type EventStore } from '@fidelis/event-store';
import { handleCommand } from './handle-command';
import { KeyedQueue } from './keyed-queue';
import {
  ALREADY,
  applyRecorded,
  emptyStream,
  toDomain,
  type Loaded,
  type Recorded,
} from './loaded';
import { RecentlyUsed } from './recently-used';

/** An operation: the same id twice changes nothing and answers the same. */
export interface OperationRef {
  readonly id: string;
  /** Content hash of the command; the id met again with another one is refused. */
  readonly fingerprint?: string | undefined;
  readonly actor?: string | undefined;
}

export interface Command<State, E extends DomainEvent, R extends Rejection> {
  readonly id: string;
  readonly operation: OperationRef;
  readonly now: Instant;
  readonly decide: (state: State) => Decision<E, R>;
  /**
   * Whether it is certain that the operation was not done before, so that nobody has to look for it.
   * Asked at the first attempt only: whether a failed one did it is not certain. Absent: it is not.
   */
  readonly isNew?: (state: State) => boolean;
}

export interface OperationReused extends Rejection {
  readonly code: 'operation_reused';
}

/**
 * `accepted`: these events were appended. `done`: the operation was done before, `events` are the
 * ones of that time (none when the decision found nothing to do). Answer only after `durable`.
 */
export type Handled<State, E extends DomainEvent, R extends Rejection> =
  | {
      readonly outcome: 'accepted' | 'done';
      readonly events: readonly Recorded<E>[];
      readonly state: State;
      readonly revision: number;
      readonly durable: Promise<void>;
    }
  | { readonly outcome: 'rejected'; readonly rejection: R | OperationReused };

export interface LoadedAggregate<State> {
  readonly state: State;
  /** -1: the stream does not exist. */
  readonly revision: number;
}

export interface RepositoryOptions {
  /** Streams kept folded in memory: 50,000 accounts of about 1 KiB are 50 MB. */
  readonly cachedStreamsMax?: number;
  /** Commands that may wait for one stream before callers are told to come back: 1,024. */
  readonly waitingPerStreamMax?: number;
  /** How long conflicts are retried before the caller is told to come back: 2,000 ms. */
  readonly retryMsMax?: number;
}

/** Commands and reads of one kind of aggregate. One per aggregate and process. */
export class AggregateRepository<State, E extends DomainEvent> {
  private readonly cache: RecentlyUsed<Loaded<State>>;
  private readonly queue: KeyedQueue;
  readonly retryMsMax: number;

  constructor(
    readonly store: EventStore,
    readonly aggregate: Aggregate<State, E>,
    options: RepositoryOptions = {},
  ) {
    this.cache = new RecentlyUsed(options.cachedStreamsMax ?? 50_000);
    this.queue = new KeyedQueue(options.waitingPerStreamMax ?? 1024);
    this.retryMsMax = options.retryMsMax ?? 2000;
  }

  streamOf(id: string): string {
    return streamName(this.aggregate.category, id);
  }

  /**
   * Load → fold → decide → append, one command after the other per stream. Answers when the append
   * is accepted. Errors: `OperationalError` when conflicts outlast `retryMsMax`.
   */
  handle<R extends Rejection = never>(
    command: Command<State, E, R>,
  ): Eventually<Handled<State, E, R>> {
    return this.queue.run(command.id, () => handleCommand(this, command));
  }

  /**
   * The stream as it is in memory, and when that is on disk; nothing where memory is not the whole
   * truth. For whoever finds there that nothing is left to do.
   */
  peek(id: string): (LoadedAggregate<State> & Pick<Loaded<State>, 'durable'>) | undefined {
    return this.store.soleWriter ? this.cache.get(id) : undefined;
  }

  /** The stream as every answered write left it. */
  load(id: string): Eventually<LoadedAggregate<State>> {
    const cached = this.cache.get(id);
    if (cached === undefined || !this.store.soleWriter) {
      return eventually(
        this.queue.run(id, () => this.refresh(id)),
        ({ state, revision }) => ({ state, revision }),
      );
    }
    const { state, revision, durable } = cached;
    if (durable === ALREADY) return { state, revision };
    return durable.then(() => {
      // The next one need not wait.
      if (cached.durable === durable) cached.durable = ALREADY;
      return { state, revision };
    });
  }

  /** The stream as it was after `revision`, folded from its beginning. */
  async loadAt(id: string, revision: number): Promise<LoadedAggregate<State>> {
    let state = this.aggregate.initial;
    let last = -1;
    for await (const event of this.events(id)) {
      if (event.revision > revision) break;
      state = this.aggregate.evolve(state, event);
      last = event.revision;
    }
    return { state, revision: last };
  }

  /** All events of the stream, oldest first, in pages. */
  async *events(id: string, fromRevision = 0): AsyncGenerator<Recorded<E>> {
    let next = fromRevision;
    for (;;) {
      const page = await this.store.readStream(this.streamOf(id), { fromRevision: next });
      for (const recorded of page) yield toDomain(this.aggregate, recorded);
      if (page.length < READ_EVENTS_MAX) return;
      next += page.length;
    }
  }

  /** The events that an operation recorded; none: it was not done. */
  async findOperation(id: string, operationId: string): Promise<readonly Recorded<E>[]> {
    const revision = await this.revisionDone(id, operationId);
    if (revision === undefined) return [];
    return this.eventsOfOperation(this.streamOf(id), revision, operationId);
  }

  /** Whether an operation recorded anything, without reading what. */
  async wasDone(id: string, operationId: string): Promise<boolean> {
    return (await this.revisionDone(id, operationId)) !== undefined;
  }

  /** @internal for handleCommand */
  cached(id: string): Loaded<State> | undefined {
    const known = this.cache.get(id);
    if (known !== undefined || this.store.isAbsent === undefined) return known;
    const stream = this.streamOf(id);
    if (!this.store.isAbsent(stream)) return undefined;
    // A new stream, as every ticket is one: there is nothing to wait for.
    const loaded = emptyStream(stream, this.aggregate.initial);
    this.cache.set(id, loaded);
    return loaded;
  }

  /** @internal The cached fold brought up to the stream's end, or a new one. */
  async refresh(id: string): Promise<Loaded<State>> {
    const known = this.cache.get(id);
    const loaded = known ?? (await this.fromSnapshot(this.streamOf(id)));
    for (;;) {
      const page = await this.store.readStream(loaded.stream, {
        fromRevision: loaded.revision + 1,
      });
      for (const recorded of page) {
        if (recorded.revision === loaded.revision + 1) {
          applyRecorded(this.aggregate, loaded, recorded);
        }
      }
      if (page.length < READ_EVENTS_MAX) break;
    }
    if (known === undefined) this.cache.set(id, loaded);
    return loaded;
  }

  /** @internal After an unknown outcome nothing in memory can be trusted. */
  forget(id: string): void {
    this.cache.delete(id);
  }

  /** @internal First revision of an operation, from memory or the index beside the stream. */
  revisionOf(
    loaded: Loaded<State>,
    operationId: string,
    isNew?: (state: State) => boolean,
  ): number | undefined | Promise<number | undefined> {
    if (loaded.revision < 0 || isNew?.(loaded.state) === true) return undefined;
    const recent = loaded.operations.get(operationId);
    if (recent !== undefined || loaded.snapshotRevision < 0) return recent;
    return this.store.snapshots.findOperation(loaded.stream, operationId);
  }

  /** @internal */
  async eventsOfOperation(
    stream: string,
    fromRevision: number,
    operationId: string,
  ): Promise<Recorded<E>[]> {
    const page = await this.store.readStream(stream, { fromRevision, limit: 100 });
    return page
      .filter((recorded) => recorded.metadata.operationId === operationId)
      .map((recorded) => toDomain(this.aggregate, recorded));
  }

  private async revisionDone(id: string, operationId: string): Promise<number | undefined> {
    await this.load(id);
    const loaded = this.cache.get(id) ?? (await this.refresh(id));
    return this.revisionOf(loaded, operationId);
  }

  private async fromSnapshot(stream: string): Promise<Loaded<State>> {
    const loaded = emptyStream(stream, this.aggregate.initial);
    if (this.aggregate.snapshot === undefined) return loaded;
    const snapshot = await this.store.snapshots.read(stream);
    if (snapshot?.version !== this.aggregate.snapshot.version) return loaded;
    loaded.state = snapshot.state as unknown as State;
    loaded.revision = snapshot.revision;
    loaded.snapshotRevision = snapshot.revision;
    loaded.hash = snapshot.hash;
    return loaded;
  }
}

import {
  categoryOf,
  checkStreamName,
  encodeAppend,
  READ_EVENTS_MAX,
  WrongExpectedRevision,
  type AppendRequest,
  type Appended,
  type EventStore,
  type PendingAppend,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SnapshotStore,
  type Subscription,
} from '@fidelis/event-store';
import { Defect, OperationalError } from '@fidelis/kernel';

/** Beyond every position that a store gives out: a rehearsal's events come after all others. */
const FIRST_POSITION: Position = Number.MAX_SAFE_INTEGER - 2 ** 40;

/**
 * What goes along with a question to another service, as JSON: half of what that takes. An event has
 * some 300 bytes at least, so this bounds their number too.
 */
const CARRIED_BYTES_MAX = 8 * 1024 * 1024;

/** For what was written here: whoever is asked writes on, and may have to ask others in turn. */
const OWN_CARRIED_BYTES_MAX = CARRIED_BYTES_MAX / 2;

interface WrittenStream {
  readonly events: RecordedEvent[];
  /** By another service: it decides on it, and is wrong without it. */
  readonly adopted: boolean;
  bytes: number;
}

const DONE = Promise.resolve();

/**
 * The event store as it would be: it reads what is stored, and keeps what is written to itself. A
 * stream that was written stays as it was found below that, so that revisions stay gapless.
 */
export class RehearsedStore implements EventStore {
  readonly soleWriter = false;
  readonly snapshots: SnapshotStore;
  /** Written streams, the one that was written last at the end. */
  private readonly streams = new Map<string, WrittenStream>();
  private readonly written: RecordedEvent[] = [];
  private readonly carried: number;
  private readonly measured = { events: 0, bytes: 0, adoptedBytes: 0 };

  /** `carried`: what the rehearsal wrote before it came here. */
  constructor(
    private readonly stored: EventStore,
    carried: readonly RecordedEvent[] = [],
  ) {
    this.snapshots = this.snapshotsBelow(stored.snapshots);
    this.adopt(carried);
    this.carried = this.written.length;
  }

  append(request: AppendRequest): PendingAppend {
    const accepted = this.write(request);
    const durable = accepted.then(() => undefined);
    durable.catch(() => undefined);
    return { accepted, durable };
  }

  async readStream(
    stream: string,
    options: ReadStreamOptions = {},
  ): Promise<readonly RecordedEvent[]> {
    const own = this.streams.get(stream)?.events;
    if (own === undefined) return this.stored.readStream(stream, options);
    const { fromRevision, direction } = options;
    const limit = limitOf(options);
    const first = firstOf(own);
    if (direction === 'backwards') {
      const from = fromRevision ?? Number.MAX_SAFE_INTEGER;
      const mine = own.filter(({ revision }) => revision <= from).reverse();
      const below = { direction, fromRevision: Math.min(from, first - 1), limit } as const;
      const page = below.fromRevision < 0 ? [] : await this.stored.readStream(stream, below);
      return [...mine, ...page].slice(0, limit);
    }
    const from = fromRevision ?? 0;
    const below = { fromRevision: from, limit: Math.min(limit, first - from) };
    const page = below.limit <= 0 ? [] : await this.stored.readStream(stream, below);
    return [...page, ...own.filter(({ revision }) => revision >= from)].slice(0, limit);
  }

  isAbsent(stream: string): boolean {
    return !this.streams.has(stream) && this.stored.isAbsent?.(stream) === true;
  }

  async readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    const { after, categories } = options;
    const page = after < FIRST_POSITION ? await this.stored.readAll(options) : [];
    const mine = this.writtenTo(categories).filter(({ position }) => position > after);
    return [...page, ...mine].slice(0, limitOf(options));
  }

  async headOf(categories?: readonly string[]): Promise<Position> {
    return this.writtenTo(categories).at(-1)?.position ?? this.stored.headOf(categories);
  }

  subscribe(): Subscription {
    throw new Defect('nobody follows what is only rehearsed');
  }

  close(): Promise<void> {
    return DONE;
  }

  /** How much was written, also by those who were asked. */
  get size(): number {
    return this.written.length;
  }

  /** What was written here, beyond what the rehearsal brought along. */
  get news(): readonly RecordedEvent[] {
    return this.written.slice(this.carried);
  }

  /** How much of it there is, as JSON. */
  get bytes(): number {
    return this.measure().bytes;
  }

  /** From here on a long rehearsal begins anew, before there is more than can be carried. */
  get isMuchToCarry(): boolean {
    return this.measure().adoptedBytes > CARRIED_BYTES_MAX / 2;
  }

  /**
   * All that others wrote, and of what was written here the streams that were written last: what a
   * command under way is about. Each is whole, for revisions must not have gaps.
   */
  toCarry(): readonly RecordedEvent[] {
    const { bytes, adoptedBytes } = this.measure();
    if (adoptedBytes > CARRIED_BYTES_MAX) {
      throw new OperationalError(
        `a rehearsal carries at most ${CARRIED_BYTES_MAX} bytes to another service, not ${adoptedBytes}`,
      );
    }
    if (bytes <= OWN_CARRIED_BYTES_MAX) return this.written;
    let room = OWN_CARRIED_BYTES_MAX - adoptedBytes;
    const carried = new Set<string>();
    for (const [name, stream] of [...this.streams].reverse()) {
      if (!stream.adopted && stream.bytes > room) continue;
      carried.add(name);
      if (!stream.adopted) room -= stream.bytes;
    }
    return this.written.filter(({ stream }) => carried.has(stream));
  }

  /** Takes in what another service wrote in this rehearsal. */
  adopt(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      const head = this.headIn(event.stream);
      if (head !== undefined && event.revision !== head + 1) {
        throw new OperationalError(`${event.stream} was written twice in one rehearsal`);
      }
      this.keep(event, true);
    }
  }

  private async write(request: AppendRequest): Promise<Appended> {
    const { stream, expectedRevision, events } = request;
    checkStreamName(stream);
    encodeAppend(request);
    const stored = this.streams.has(stream) ? undefined : await this.storedHead(stream);
    const actual = this.headIn(stream) ?? stored ?? -1;
    if (actual !== (expectedRevision === 'no-stream' ? -1 : expectedRevision)) {
      const found = actual < 0 ? 'no-stream' : actual;
      throw new WrongExpectedRevision(stream, expectedRevision, found);
    }
    const category = categoryOf(stream);
    events.forEach(({ id, type, data, metadata }, index) => {
      const revision = actual + 1 + index;
      this.keep({ id, type, data, metadata, stream, category, revision, position: 0 }, false);
    });
    const position = FIRST_POSITION + this.written.length - 1;
    return { revision: actual + events.length, position };
  }

  private keep(event: RecordedEvent, adopted: boolean): void {
    const kept = { ...event, position: FIRST_POSITION + this.written.length };
    const stream = this.streams.get(event.stream) ?? { events: [], adopted, bytes: 0 };
    stream.events.push(kept);
    // Again, so that it comes last.
    this.streams.delete(event.stream);
    this.streams.set(event.stream, stream);
    this.written.push(kept);
  }

  /** Only when it is asked for: a service that asks nobody need not measure what it was brought. */
  private measure(): Readonly<RehearsedStore['measured']> {
    const { measured } = this;
    for (const event of this.written.slice(measured.events)) {
      const bytes = Buffer.byteLength(JSON.stringify(event));
      const stream = this.streams.get(event.stream);
      if (stream !== undefined) stream.bytes += bytes;
      if (stream?.adopted === true) measured.adoptedBytes += bytes;
      measured.bytes += bytes;
      measured.events += 1;
    }
    return measured;
  }

  private headIn(stream: string): number | undefined {
    return this.streams.get(stream)?.events.at(-1)?.revision;
  }

  private async storedHead(stream: string): Promise<number> {
    const [last] = await this.stored.readStream(stream, { direction: 'backwards', limit: 1 });
    return last?.revision ?? -1;
  }

  private writtenTo(categories: readonly string[] | undefined): readonly RecordedEvent[] {
    if (categories === undefined) return this.written;
    return this.written.filter(({ category }) => categories.includes(category));
  }

  /** A snapshot that is newer than the rehearsal's view of its stream would hide what it wrote. */
  private snapshotsBelow(stored: SnapshotStore): SnapshotStore {
    const isBelow = (stream: string, revision: number): boolean => {
      const own = this.streams.get(stream)?.events;
      return own === undefined || revision < firstOf(own);
    };
    return {
      read: async (stream) => {
        const snapshot = await stored.read(stream);
        return snapshot !== undefined && isBelow(stream, snapshot.revision) ? snapshot : undefined;
      },
      findOperation: async (stream, operationId) => {
        const revision = await stored.findOperation(stream, operationId);
        return revision !== undefined && isBelow(stream, revision) ? revision : undefined;
      },
      write: () => DONE,
    };
  }
}

function firstOf(events: readonly RecordedEvent[]): number {
  return events[0]?.revision ?? 0;
}

function limitOf({ limit = READ_EVENTS_MAX }: { readonly limit?: number }): number {
  return Math.min(limit, READ_EVENTS_MAX);
}

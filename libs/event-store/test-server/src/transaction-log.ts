import { LogFile } from './log-file';
import { type NewRecord, decodeRecord, encodeRecord } from './wire';

/** The last events' bytes are kept in memory; older ones are read from the file again. */
const CACHED_EVENTS_MAX = 20_000;
/** As a server's own default. */
const APPEND_BYTES_MAX = 1024 * 1024;
/** So many appends, then a system event in between, as statistics are written by a real one. */
const APPENDS_PER_SYSTEM_EVENT = 50;
const STATS_STREAM = '$stats-127.0.0.1:2113';

export type ExpectedRevision = number | 'no-stream' | 'any' | 'stream-exists';

export interface LogAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewRecord[];
}

export type AppendResult =
  | { kind: 'written' | 'repeated'; revision: number; position: number; durable: Promise<void> }
  | { kind: 'repeatedTooEarly' }
  | { kind: 'conflict'; current: number | 'no-stream' }
  | { kind: 'tooLarge'; bytesMax: number };

/** An event's place in the log; its number is its index in the order of all events. */
export interface Entry {
  readonly id: string;
  readonly stream: string;
  readonly position: number;
  readonly revision: number;
  readonly type: string;
  readonly bytes: number;
}

/** All events in the order of their commits, the streams, and the file below them. */
export class TransactionLog {
  private readonly entries: Entry[] = [];
  private readonly streams = new Map<string, number[]>();
  private readonly payloads = new Map<number, Uint8Array>();
  private readonly file: LogFile;
  private readonly listeners = new Set<() => void>();
  private unwritten: Buffer[] = [];
  private flushing: Promise<void> | undefined;
  private syncing = false;
  private durableCount = 0;
  private appends = 0;

  constructor(path: string) {
    this.file = LogFile.open(path, ({ position, payload }) => {
      this.add({ ...decodeRecord(payload), position, bytes: payload.length });
    });
    this.durableCount = this.entries.length;
    this.appendSystemEvent();
  }

  /** Events that are on disk: all that readers may see. */
  get length(): number {
    return this.durableCount;
  }

  entry(index: number): Entry | undefined {
    return index < this.durableCount ? this.entries[index] : undefined;
  }

  payload(index: number): Uint8Array {
    const cached = this.payloads.get(index);
    if (cached !== undefined) return cached;
    const entry = this.entries[index];
    if (entry === undefined) throw new Error(`the log has no event ${index}`);
    return this.file.read(entry.position, entry.bytes);
  }

  /** The numbers of a stream's durable events. */
  stream(name: string): readonly number[] {
    const all = this.streams.get(name) ?? [];
    const hidden = all.findLastIndex((index) => index < this.durableCount);
    return hidden === all.length - 1 ? all : all.slice(0, hidden + 1);
  }

  /** The number of the first event at or behind a position. */
  indexAt(position: number): number {
    let [low, high] = [0, this.durableCount];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle]?.position ?? Infinity) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  append({ stream, expected, events }: LogAppend): AppendResult {
    const bytes = events.reduce(
      (sum, { data, metadata }) => sum + data.length + metadata.length,
      0,
    );
    if (bytes > APPEND_BYTES_MAX) return { kind: 'tooLarge', bytesMax: APPEND_BYTES_MAX };
    const known = this.streams.get(stream) ?? [];
    const current = known.length === 0 ? 'no-stream' : known.length - 1;
    if (!isMet(expected, current)) return this.repetitionOf({ stream, expected, events }, known);
    const revision = known.length + events.length - 1;
    const position = this.write(stream, events);
    this.appends += 1;
    if (this.appends % APPENDS_PER_SYSTEM_EVENT === 0) this.appendSystemEvent();
    return { kind: 'written', revision, position, durable: this.flush() };
  }

  onCommit(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.flushing;
    this.file.close();
  }

  /** As a real server: all ids at the places they would have taken, or it is a conflict. */
  private repetitionOf({ expected, events }: LogAppend, known: readonly number[]): AppendResult {
    const conflict = {
      kind: 'conflict',
      current: known.length === 0 ? 'no-stream' : known.length - 1,
    } as const;
    if (expected === 'any' || expected === 'stream-exists') return conflict;
    const first = expected === 'no-stream' ? 0 : expected + 1;
    const places = known.slice(first, first + events.length);
    const found = places.map((index) => this.entries[index]);
    const last = found.at(-1);
    if (
      last === undefined ||
      found.length !== events.length ||
      !found.every((entry, i) => entry?.id === events[i]?.id)
    ) {
      return conflict;
    }
    // A real server drops the write and lets its client run into a time-out.
    if ((places.at(-1) ?? Infinity) >= this.durableCount) return { kind: 'repeatedTooEarly' };
    const { revision, position } = last;
    return { kind: 'repeated', revision, position, durable: Promise.resolve() };
  }

  private appendSystemEvent(): void {
    const data = Buffer.from(JSON.stringify({ 'es-queue': this.entries.length }));
    const event = { type: '$statsCollected', contentType: 'application/json', data };
    const id = crypto.randomUUID();
    this.write(STATS_STREAM, [{ ...event, id, metadata: Buffer.alloc(0) }]);
    void this.flush();
  }

  private write(stream: string, events: readonly NewRecord[]): number {
    let revision = this.streams.get(stream)?.length ?? 0;
    let last = -1;
    for (const [i, event] of events.entries()) {
      const position = this.file.nextPosition;
      const payload = encodeRecord(event, { stream, revision, position });
      this.unwritten.push(...this.file.frame(payload, i < events.length - 1));
      const { id, type } = event;
      const index = this.add({ id, stream, position, revision, type, bytes: payload.length });
      this.payloads.set(index, payload);
      revision += 1;
      last = position;
    }
    return last;
  }

  private add(entry: Entry): number {
    const index = this.entries.push(entry) - 1;
    const known = this.streams.get(entry.stream);
    if (known === undefined) this.streams.set(entry.stream, [index]);
    else known.push(index);
    return index;
  }

  /** One sync of the disk for all appends that came meanwhile. */
  private flush(): Promise<void> {
    // What is being synced no longer takes anything along.
    if (this.flushing !== undefined && this.syncing) return this.flushing.then(() => this.flush());
    return (this.flushing ??= this.flushOnce());
  }

  private async flushOnce(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.syncing = true;
    const count = this.entries.length;
    this.file.write(this.unwritten);
    this.unwritten = [];
    await this.file.sync();
    this.durableCount = count;
    this.forgetOldPayloads();
    this.syncing = false;
    this.flushing = undefined;
    for (const listener of this.listeners) listener();
  }

  private forgetOldPayloads(): void {
    for (const index of this.payloads.keys()) {
      if (index >= this.durableCount - CACHED_EVENTS_MAX) return;
      this.payloads.delete(index);
    }
  }
}

function isMet(expected: ExpectedRevision, current: number | 'no-stream'): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'stream-exists':
      return current !== 'no-stream';
    default:
      return expected === current;
  }
}

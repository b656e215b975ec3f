import type { Position } from '@fidelis/event-store';
import type Database from 'better-sqlite3';
import type { Batch } from './batch';
import type { Place } from './event-log';
import type { SqliteLimits } from './limits';
import { NameFilter } from './name-filter';

/** A head in memory, changed in place while it is of the table's next flush. */
export interface Head {
  revision: number;
  position: Position;
  readonly flush: number;
}

type Heads = Map<string, Head>;

/** Names taken into the filter per turn of the event loop, after the start: about 2 ms. */
const FILTER_NAMES_PER_TURN = 5000;
/** As the table has it: of no flush to come. */
const WRITTEN = -1;
/** The table of the position up to which heads are complete has one row. */
const ONLY_ROW = 1;

/**
 * The last event of each stream. The truth is the log; the table `streams` is written behind it,
 * in sorted bits, and `heads_complete` says up to which position it is: the log behind that is
 * replayed at the start. In memory are the changed heads and, within a bound, the last used ones.
 */
export class StreamHeads {
  private dirty: Heads = new Map();
  /** The number of the flush that will write the dirty heads. */
  private nextFlush = 0;
  private flush: { heads: Heads; names: string[]; next: number; completeTo: Position } | undefined;
  /** Two generations of clean heads instead of an exact order of use: cheap, and bounded. */
  private young: Heads = new Map();
  private old: Heads = new Map();
  private completeTo: Position;
  private readonly names = new NameFilter();
  /** Until every name of the table is in the filter, only the table can tell. */
  private namesComplete = false;

  private readonly selectHead: Database.Statement;

  constructor(
    db: Database.Database,
    private readonly limits: SqliteLimits,
  ) {
    this.selectHead = db.prepare('SELECT revision, position FROM streams WHERE name = ?');
    this.completeTo = db.prepare('SELECT position FROM heads_complete').pluck().get() as Position;
    this.replay(db);
    this.fillNames(db);
  }

  /** Changes with the stream: take from it what must stay. */
  get(stream: string): Head | undefined {
    return (
      this.dirty.get(stream) ??
      this.flush?.heads.get(stream) ??
      this.young.get(stream) ??
      this.old.get(stream) ??
      this.fromTable(stream)
    );
  }

  /** Cheaper than `get` where the stream is probably new. `false` may be wrong, `true` is not. */
  isAbsent(stream: string): boolean {
    return this.namesComplete && !this.names.mayHave(stream);
  }

  /** The first head of a stream. */
  add(stream: string, { revision, position }: Place): void {
    this.names.add(stream);
    this.dirty.set(stream, { revision, position, flush: this.nextFlush });
  }

  /** The next head of a stream; `from` is what `get` gave for it. */
  move(stream: string, from: Head, { revision, position }: Place): void {
    if (from.flush === this.nextFlush) {
      from.revision = revision;
      from.position = position;
    } else this.dirty.set(stream, { revision, position, flush: this.nextFlush });
  }

  /** Whether there is something to write, though perhaps not yet worth it. */
  get isDirty(): boolean {
    return this.flush !== undefined || this.dirty.size > 0;
  }

  /**
   * Adds some heads to a batch when it is time, or in any case with `force`. Everything accepted is
   * in this batch or durable.
   */
  writeBehind({ rows, last }: Batch, rowsMax: number, force: boolean): void {
    if (this.flush === undefined && (force || this.isDue(last))) this.beginFlush(last);
    if (this.flush === undefined) return;
    const { heads, names, completeTo } = this.flush;
    const end = Math.min(this.flush.next + rowsMax, names.length);
    for (const name of names.slice(this.flush.next, end)) {
      const head = heads.get(name);
      if (head !== undefined) rows.streams.push(name, head.revision, head.position);
    }
    this.flush.next = end;
    if (end === names.length) rows.heads_complete.push(ONLY_ROW, completeTo);
  }

  /** The batch is on disk. */
  written(): void {
    if (this.flush === undefined || this.flush.next < this.flush.names.length) return;
    this.completeTo = this.flush.completeTo;
    this.old = this.young;
    this.young = this.flush.heads;
    this.flush = undefined;
  }

  private isDue(last: Position): boolean {
    return (
      this.dirty.size >= this.limits.dirtyHeadsMax ||
      last - this.completeTo >= this.limits.replayEventsMax
    );
  }

  private beginFlush(last: Position): void {
    const heads = this.dirty;
    // Sorted: neighbours share a page of the table, which is then written once.
    const names = [...heads.keys()].sort();
    this.flush = { heads, names, next: 0, completeTo: last };
    this.dirty = new Map();
    this.nextFlush += 1;
  }

  private fromTable(stream: string): Head | undefined {
    if (this.isAbsent(stream)) return undefined;
    const place = this.selectHead.get(stream) as Place | undefined;
    if (place === undefined) return undefined;
    const head = { ...place, flush: WRITTEN };
    this.keep(stream, head);
    return head;
  }

  private keep(stream: string, head: Head): void {
    if (this.young.size >= this.limits.cleanHeadsMax / 2) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(stream, head);
  }

  private replay(db: Database.Database): void {
    const rows = db
      .prepare('SELECT stream, revision, position FROM events WHERE position > ? ORDER BY position')
      .iterate(this.completeTo) as IterableIterator<Place & { stream: string }>;
    for (const { stream, ...place } of rows) this.add(stream, place);
  }

  /** Bit by bit behind the start, so that a store with many streams opens as fast as an empty one. */
  private fillNames(db: Database.Database, after = ''): void {
    const page = db
      .prepare('SELECT name FROM streams WHERE name > ? ORDER BY name LIMIT ?')
      .pluck();
    const names = page.all(after, FILTER_NAMES_PER_TURN) as string[];
    for (const name of names) this.names.add(name);
    const last = names.at(-1);
    this.namesComplete = last === undefined || names.length < FILTER_NAMES_PER_TURN;
    if (this.namesComplete) return;
    setImmediate(() => {
      if (db.open) this.fillNames(db, last);
    }).unref();
  }
}

import type { Position } from '@fidelis/event-store';
import type Database from 'better-sqlite3';
import type { EventRow } from './stored-event';

/** A stream's event at these revisions has a marker: a long stream is entered near any of them. */
export const MARKER_EVERY = 256;
/** A finished block of so many positions lists its categories: a filtered read skips the others. */
export const BLOCK_POSITIONS = 1024;

export interface Place {
  readonly revision: number;
  readonly position: Position;
}

export interface ScanRange {
  /** Inclusive. */
  readonly from: Position;
  /** Inclusive. */
  readonly to: Position;
  readonly limit: number;
}

const CATEGORY = `substr(stream, 1, instr(stream, '-') - 1)`;

/** Reads the tables that are written with each commit and never changed. */
export class EventLog {
  private readonly selectEvent: Database.Statement;
  private readonly selectPrevious: Database.Statement;
  private readonly selectMarker: Database.Statement;
  private readonly selectLast: Database.Statement;
  private readonly selectBlock: Database.Statement;
  private readonly selectRange: Database.Statement;
  /** Prepared when first met, one for each number of categories. */
  private readonly selectFiltered = new Map<number, Database.Statement>();

  constructor(private readonly db: Database.Database) {
    this.selectEvent = db.prepare('SELECT * FROM events WHERE position = ?').raw();
    this.selectPrevious = db.prepare('SELECT previous FROM events WHERE position = ?').pluck();
    this.selectMarker = db.prepare(
      `SELECT revision, position FROM markers
       WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT 1`,
    );
    this.selectLast = db.prepare('SELECT coalesce(max(position), -1) FROM events').pluck();
    this.selectBlock = db
      .prepare('SELECT min(block) FROM block_categories WHERE category = ? AND block >= ?')
      .pluck();
    this.selectRange = db
      .prepare('SELECT * FROM events WHERE position BETWEEN ? AND ? ORDER BY position LIMIT ?')
      .raw();
  }

  last(): Position {
    return this.selectLast.get() as Position;
  }

  row(position: Position): EventRow | undefined {
    return this.selectEvent.get(position) as EventRow | undefined;
  }

  previousOf(position: Position): Position | undefined {
    return this.selectPrevious.get(position) as Position | undefined;
  }

  /** The first marker at or behind this revision. */
  marker(stream: string, revision: number): Place | undefined {
    return this.selectMarker.get(stream, revision) as Place | undefined;
  }

  /** The first finished block from `block` on that has an event of one of these categories. */
  blockOf(categories: readonly string[], block: number): number | undefined {
    let first: number | undefined;
    for (const category of categories) {
      const found = this.selectBlock.get(category, block) as number | null;
      if (found !== null && (first === undefined || found < first)) first = found;
    }
    return first;
  }

  scan({ from, to, limit }: ScanRange): readonly EventRow[] {
    return this.selectRange.all(from, to, limit) as EventRow[];
  }

  scanCategories(categories: readonly string[], { from, to, limit }: ScanRange): EventRow[] {
    let statement = this.selectFiltered.get(categories.length);
    if (statement === undefined) {
      const list = categories.map(() => '?').join(', ');
      statement = this.db
        .prepare(
          `SELECT * FROM events WHERE position BETWEEN ? AND ? AND ${CATEGORY} IN (${list})
           ORDER BY position LIMIT ?`,
        )
        .raw();
      this.selectFiltered.set(categories.length, statement);
    }
    return statement.all(from, to, ...categories, limit) as EventRow[];
  }
}

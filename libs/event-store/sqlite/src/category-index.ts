import type { Position } from '@fidelis/event-store';
import { START, categoryOf } from '@fidelis/event-store';
import type Database from 'better-sqlite3';
import type { Batch } from './batch';
import { BLOCK_POSITIONS, type EventLog } from './event-log';

/**
 * Where the events of a category are: its last one (in memory) and the blocks of the log that
 * have any. A reader of few categories skips the rest of the log.
 */
export class CategoryIndex {
  private readonly heads = new Map<string, Position>();
  private readonly openBlock = new Set<string>();
  private durable: Position;

  constructor(
    db: Database.Database,
    private readonly log: EventLog,
  ) {
    this.durable = log.last();
    const openBlockFrom = Math.floor((this.durable + 1) / BLOCK_POSITIONS) * BLOCK_POSITIONS;
    this.loadFinishedBlocks(db);
    this.loadOpenBlock(db, openBlockFrom);
  }

  /** The last durable event of these categories, or of all. */
  headOf(categories?: readonly string[]): Position {
    if (categories === undefined) return this.durable;
    let head = START;
    for (const category of categories) {
      const position = this.heads.get(category);
      if (position !== undefined && position > head) head = position;
    }
    return head;
  }

  /** An event was accepted: goes into the batch that makes it durable. */
  write(batch: Batch, category: string, position: Position): void {
    batch.heads.set(category, position);
    this.openBlock.add(category);
    if ((position + 1) % BLOCK_POSITIONS !== 0) return;
    const block = (position + 1) / BLOCK_POSITIONS - 1;
    for (const each of this.openBlock) batch.rows.block_categories.push(each, block);
    this.openBlock.clear();
  }

  /** After the commit. */
  committed({ heads, last }: Batch): void {
    for (const [category, position] of heads) this.heads.set(category, position);
    this.durable = last;
  }

  /** The first position from `from` on that may hold one of these categories. */
  skipTo(categories: readonly string[], from: Position): Position {
    const openBlock = Math.floor((this.durable + 1) / BLOCK_POSITIONS);
    const block = Math.floor(from / BLOCK_POSITIONS);
    if (block >= openBlock) return from;
    const found = this.log.blockOf(categories, block) ?? openBlock;
    return Math.max(from, found * BLOCK_POSITIONS);
  }

  private loadFinishedBlocks(db: Database.Database): void {
    const blocks = db
      .prepare('SELECT category, max(block) AS block FROM block_categories GROUP BY category')
      .all() as { category: string; block: number }[];
    for (const { category, block } of blocks) {
      const from = block * BLOCK_POSITIONS;
      const rows = this.log.scanCategories([category], {
        from,
        to: from + BLOCK_POSITIONS - 1,
        limit: BLOCK_POSITIONS,
      });
      const last = rows.at(-1);
      if (last !== undefined) this.heads.set(category, last[0]);
    }
  }

  private loadOpenBlock(db: Database.Database, from: Position): void {
    const rows = db
      .prepare('SELECT position, stream FROM events WHERE position >= ? ORDER BY position')
      .all(from) as { position: Position; stream: string }[];
    for (const { position, stream } of rows) {
      const category = categoryOf(stream);
      this.openBlock.add(category);
      this.heads.set(category, position);
    }
  }
}

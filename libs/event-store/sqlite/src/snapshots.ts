import type { RecordedOperation, Snapshot, SnapshotStore } from '@fidelis/event-store';
import type { JsonObject } from '@fidelis/kernel';
import type Database from 'better-sqlite3';
import type { Batch } from './batch';

interface SnapshotRow {
  readonly revision: number;
  readonly version: number;
  readonly state: string;
  readonly hash: string | null;
}

interface Unwritten {
  readonly snapshot: Omit<Snapshot, 'state'> & { readonly state: string };
  readonly operations: Map<string, number>;
}

/**
 * Snapshots are written behind, a few with each commit; none is dropped while the process lives,
 * because the next one of its stream brings only the operations since then. The log is always ahead
 * of them: they go to disk in a transaction that follows or includes the commit of their events.
 */
export class SqliteSnapshots implements SnapshotStore {
  private readonly unwritten = new Map<string, Unwritten>();
  /** In the batch under way. */
  private readonly leaving = new Map<string, Unwritten>();
  private readonly selectSnapshot: Database.Statement;
  private readonly selectOperation: Database.Statement;

  constructor(
    db: Database.Database,
    private readonly unwrittenMax: number,
  ) {
    this.selectSnapshot = db.prepare(
      'SELECT revision, version, state, hash FROM snapshots WHERE stream = ?',
    );
    this.selectOperation = db
      .prepare('SELECT revision FROM operations WHERE stream = ? AND operation_id = ?')
      .pluck();
  }

  get isDirty(): boolean {
    return this.unwritten.size > 0;
  }

  read(stream: string): Promise<Snapshot | undefined> {
    return Promise.resolve(this.readNow(stream));
  }

  private readNow(stream: string): Snapshot | undefined {
    const found =
      this.unwritten.get(stream)?.snapshot ??
      this.leaving.get(stream)?.snapshot ??
      (this.selectSnapshot.get(stream) as SnapshotRow | undefined);
    if (found === undefined) return undefined;
    const { revision, version, hash } = found;
    const state = JSON.parse(found.state) as JsonObject;
    return { revision, version, state, ...(typeof hash === 'string' ? { hash } : {}) };
  }

  write(
    stream: string,
    snapshot: Snapshot,
    operations: readonly RecordedOperation[],
  ): Promise<void> {
    const known = this.unwritten.get(stream)?.operations ?? new Map<string, number>();
    for (const { operationId, revision } of operations) known.set(operationId, revision);
    // As text: the caller's state goes on living, and a reader must not share it.
    const state = JSON.stringify(snapshot.state);
    this.unwritten.set(stream, { snapshot: { ...snapshot, state }, operations: known });
    return Promise.resolve();
  }

  findOperation(stream: string, operationId: string): Promise<number | undefined> {
    const revision =
      this.unwritten.get(stream)?.operations.get(operationId) ??
      this.leaving.get(stream)?.operations.get(operationId) ??
      (this.selectOperation.get(stream, operationId) as number | undefined);
    return Promise.resolve(revision);
  }

  /** Into a batch: the oldest first, until so many rows are written. */
  writeBehind({ rows }: Batch, rowsMax: number): void {
    let count = 0;
    for (const [stream, unwritten] of this.unwritten) {
      if (count >= rowsMax && this.unwritten.size <= this.unwrittenMax) return;
      const { snapshot, operations } = unwritten;
      const { revision, version, state, hash } = snapshot;
      rows.snapshots.push(stream, revision, version, state, hash ?? null);
      for (const [operationId, at] of operations) rows.operations.push(stream, operationId, at);
      count += 1 + operations.size;
      this.unwritten.delete(stream);
      this.leaving.set(stream, unwritten);
    }
  }

  /** The batch is on disk. */
  written(): void {
    this.leaving.clear();
  }
}

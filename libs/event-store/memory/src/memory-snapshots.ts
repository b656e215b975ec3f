import type { RecordedOperation, Snapshot, SnapshotStore } from '@fidelis/event-store';

export class MemorySnapshots implements SnapshotStore {
  /** As JSON text: neither the writer's nor a reader's later changes reach it. */
  private readonly snapshots = new Map<string, string>();
  private readonly operations = new Map<string, Map<string, number>>();

  read(stream: string): Promise<Snapshot | undefined> {
    const text = this.snapshots.get(stream);
    return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as Snapshot));
  }

  write(
    stream: string,
    snapshot: Snapshot,
    operations: readonly RecordedOperation[],
  ): Promise<void> {
    this.snapshots.set(stream, JSON.stringify(snapshot));
    const known = this.operations.get(stream) ?? new Map<string, number>();
    for (const { operationId, revision } of operations) known.set(operationId, revision);
    this.operations.set(stream, known);
    return Promise.resolve();
  }

  findOperation(stream: string, operationId: string): Promise<number | undefined> {
    return Promise.resolve(this.operations.get(stream)?.get(operationId));
  }
}

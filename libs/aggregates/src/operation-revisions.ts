import type { RecordedOperation } from '@fidelis/event-store';

/**
 * Operation id → revision of its first event, of one stream. The first one needs no table: most
 * streams are tickets, and have no other.
 */
export class OperationRevisions {
  private first: RecordedOperation | undefined;
  private others: Map<string, number> | undefined;

  get(operationId: string): number | undefined {
    if (this.first?.operationId === operationId) return this.first.revision;
    return this.others?.get(operationId);
  }

  /** Of an operation that it does not know. */
  add(operationId: string, revision: number): void {
    if (this.first === undefined) this.first = { operationId, revision };
    else (this.others ??= new Map<string, number>()).set(operationId, revision);
  }

  delete(operationId: string): void {
    if (this.first?.operationId === operationId) this.first = undefined;
    else this.others?.delete(operationId);
  }

  list(): RecordedOperation[] {
    const others = [...(this.others ?? [])].map(([operationId, revision]) => ({
      operationId,
      revision,
    }));
    return this.first === undefined ? others : [this.first, ...others];
  }
}

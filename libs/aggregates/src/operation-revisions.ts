import type { RecordedOperation } from '@fidelis/event-store';

/** So few are looked through one by one: a table of them would cost more than it saves. */
const FEW = 8;

/**
 * Operation id → revision of its first event, of one stream since its snapshot. A list that becomes
 * a table when somebody looks for an operation: most commands are known to be new, and most streams
 * are tickets, which have one operation and need no list either.
 */
export class OperationRevisions {
  private first: RecordedOperation | undefined;
  private others: RecordedOperation[] | undefined;
  /** Of `others`, once it was asked for. */
  private table: Map<string, number> | undefined;

  get(operationId: string): number | undefined {
    if (this.first?.operationId === operationId) return this.first.revision;
    if (this.others === undefined) return undefined;
    if (this.others.length > FEW) return this.tableOf(this.others).get(operationId);
    return this.others.find((other) => other.operationId === operationId)?.revision;
  }

  /** Of an operation that it does not know. */
  add(operationId: string, revision: number): void {
    const operation = { operationId, revision };
    if (this.first === undefined) this.first = operation;
    else {
      (this.others ??= []).push(operation);
      this.table?.set(operationId, revision);
    }
  }

  /** Forgets the oldest ones: the first `count` of what `list` gave. */
  dropOldest(count: number): void {
    const [first, ...others] = this.list().slice(count);
    this.first = first;
    this.others = others.length === 0 ? undefined : others;
    this.table = undefined;
  }

  /** Oldest first. */
  list(): RecordedOperation[] {
    return this.first === undefined ? [] : [this.first, ...(this.others ?? [])];
  }

  private tableOf(operations: readonly RecordedOperation[]): Map<string, number> {
    this.table ??= new Map(
      operations.map(({ operationId, revision }) => [operationId, revision] as const),
    );
    return this.table;
  }
}

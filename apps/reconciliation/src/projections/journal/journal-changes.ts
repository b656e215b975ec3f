import type { Kysely } from 'kysely';
import { OrderReversedV1, PurchaseSettledV1 } from '@fidelis/contracts';
import { isMessageOf, type ReceivedMessage } from '@fidelis/messaging';
import { insertNewRows, insertRows, isOneOf, lockedRows } from '@fidelis/read-model';
import type { Line } from '../../domain/journal';
import {
  EXCEPTIONS,
  FINANCE_TERMS,
  JOURNAL,
  JOURNAL_ACCOUNTS,
  JOURNAL_FAULTS,
  ORDER_REVERSALS,
  SETTLED_ORDERS,
  type ExceptionRow,
  type FaultRow,
  type FinanceTermsRow,
  type JournalAccountRow,
  type JournalTables,
  type OrderReversalRow,
  type SettledOrderRow,
} from './journal.table';
import { toRow, withNumbers } from './journal-rows';

interface KeyedMessage {
  readonly accountId?: string;
  readonly programId?: string;
}

/** What the messages of one batch change: read with a few statements, written with a few. */
export class JournalChanges {
  private readonly accounts = new Map<string, JournalAccountRow>();
  private readonly knownAccounts = new Set<string>();
  private readonly changedAccounts = new Set<string>();
  private readonly financeTerms = new Map<string, FinanceTermsRow>();
  private readonly newTerms: FinanceTermsRow[] = [];
  private readonly orders = new Map<string, SettledOrderRow>();
  private readonly knownOrders = new Set<string>();
  private readonly changedOrders = new Set<string>();
  private readonly reversals = new Set<string>();
  private readonly newReversals: OrderReversalRow[] = [];
  private readonly lines: Line[] = [];
  private readonly exceptions: ExceptionRow[] = [];
  private readonly faults: FaultRow[] = [];

  /**
   * Reads the rows that these messages are about, and locks them: a replica whose partitions went
   * to another one may still be at work on the same messages.
   */
  static async of(
    db: Kysely<JournalTables>,
    messages: readonly ReceivedMessage[],
  ): Promise<JournalChanges> {
    const changes = new JournalChanges();
    await changes.readAccounts(db, messages);
    await changes.readOrders(db, messages);
    return changes;
  }

  account(accountId: string): JournalAccountRow | undefined {
    return this.accounts.get(accountId);
  }

  setAccount(row: JournalAccountRow): void {
    this.accounts.set(row.account_id, row);
    this.changedAccounts.add(row.account_id);
  }

  terms(programId: string, version: number): FinanceTermsRow | undefined {
    return this.financeTerms.get(termsKey(programId, version));
  }

  addTerms(row: FinanceTermsRow): void {
    const key = termsKey(row.program_id, row.version);
    if (this.financeTerms.has(key)) return;
    this.financeTerms.set(key, row);
    this.newTerms.push(row);
  }

  order(orderId: string): SettledOrderRow | undefined {
    return this.orders.get(orderId);
  }

  setOrder(row: SettledOrderRow): void {
    this.orders.set(row.order_id, row);
    this.changedOrders.add(row.order_id);
  }

  hasReversal(orderId: string, reversalId: string): boolean {
    return this.reversals.has(reversalKey(orderId, reversalId));
  }

  addReversal(orderId: string, reversalId: string): void {
    this.reversals.add(reversalKey(orderId, reversalId));
    this.newReversals.push({ order_id: orderId, reversal_id: reversalId });
  }

  addLines(lines: readonly Line[]): void {
    for (const line of lines) this.lines.push(line);
  }

  addException(kind: ExceptionRow['kind'], message: ReceivedMessage, detail: string): void {
    const { aggregate: stream, revision } = message;
    this.exceptions.push({ stream, revision, kind, detail });
  }

  addFault(name: string, message: ReceivedMessage, detail: string): void {
    const { aggregate: stream, revision } = message;
    this.faults.push({ name, stream, revision, detail });
  }

  async write(trx: Kysely<JournalTables>): Promise<void> {
    const db = trx as unknown as Kysely<never>;
    await insertRows(db, JOURNAL, { rows: this.lines.map(toRow) });
    const accounts = changedRows(this.accounts, this.changedAccounts);
    await insertNewRows(db, JOURNAL_ACCOUNTS, {
      rows: accounts.filter((row) => !this.knownAccounts.has(row.account_id)),
      key: ['account_id'],
    });
    await insertRows(db, JOURNAL_ACCOUNTS, {
      rows: accounts.filter((row) => this.knownAccounts.has(row.account_id)),
      onConflict: {
        key: ['account_id'],
        then: 'update',
        columns: ['terms_version', 'revision', 'total', 'debt', 'answered'],
      },
    });
    await insertRows(db, FINANCE_TERMS, {
      rows: this.newTerms,
      onConflict: { key: ['program_id', 'version'], then: 'nothing' },
    });
    const orders = changedRows(this.orders, this.changedOrders);
    await insertNewRows(db, SETTLED_ORDERS, {
      rows: orders.filter((row) => !this.knownOrders.has(row.order_id)),
      key: ['order_id'],
    });
    await insertRows(db, SETTLED_ORDERS, {
      rows: orders.filter((row) => this.knownOrders.has(row.order_id)),
      onConflict: { key: ['order_id'], then: 'update', columns: ['reversed_amount'] },
    });
    await insertNewRows(db, ORDER_REVERSALS, {
      rows: this.newReversals,
      key: ['order_id', 'reversal_id'],
    });
    const key = ['stream', 'revision'] as const;
    await insertRows(db, EXCEPTIONS, {
      rows: this.exceptions,
      onConflict: { key: [...key, 'kind'], then: 'nothing' },
    });
    await insertRows(db, JOURNAL_FAULTS, {
      rows: this.faults,
      onConflict: { key: ['name', ...key], then: 'nothing' },
    });
  }

  private async readAccounts(
    db: Kysely<JournalTables>,
    messages: readonly ReceivedMessage[],
  ): Promise<void> {
    const data = messages.map((message) => message.data as KeyedMessage);
    const bare = db as unknown as Kysely<never>;
    const ids = distinct(data.map(({ accountId }) => accountId));
    const found = db
      .selectFrom('journal_accounts')
      .selectAll()
      .where(isOneOf(bare, 'account_id', ids));
    const rows = await lockedRows(db, found, 'account_id').execute();
    for (const row of rows) {
      this.accounts.set(row.account_id, withNumbers(row));
      this.knownAccounts.add(row.account_id);
    }
    const programs = distinct([
      ...data.map(({ programId }) => programId),
      ...rows.map((row) => row.program_id),
    ]);
    const terms = await db
      .selectFrom('finance_terms')
      .selectAll()
      .where(isOneOf(bare, 'program_id', programs))
      .execute();
    for (const row of terms.map(withNumbers)) {
      this.financeTerms.set(termsKey(row.program_id, row.version), row);
    }
  }

  private async readOrders(
    db: Kysely<JournalTables>,
    messages: readonly ReceivedMessage[],
  ): Promise<void> {
    const ids = distinct(messages.flatMap(orderIdsOf));
    if (ids.length === 0) return;
    const bare = db as unknown as Kysely<never>;
    const found = db
      .selectFrom('settled_orders')
      .selectAll()
      .where(isOneOf(bare, 'order_id', ids));
    for (const row of await lockedRows(db, found, 'order_id').execute()) {
      this.orders.set(row.order_id, withNumbers(row));
      this.knownOrders.add(row.order_id);
    }
    // After the lock, so that it sees what its last holder wrote.
    const reversals = await db
      .selectFrom('order_reversals')
      .selectAll()
      .where(isOneOf(bare, 'order_id', ids))
      .execute();
    for (const row of reversals) this.reversals.add(reversalKey(row.order_id, row.reversal_id));
  }
}

function orderIdsOf(message: ReceivedMessage): string[] {
  if (isMessageOf(PurchaseSettledV1, message)) {
    return message.data.orders.map(({ orderId }) => orderId);
  }
  return isMessageOf(OrderReversedV1, message) ? [message.data.orderId] : [];
}

/** In the order of their ids, so that replicas wait for each other's new rows in one direction. */
function changedRows<Row>(rows: ReadonlyMap<string, Row>, changed: ReadonlySet<string>): Row[] {
  return [...changed].sort().flatMap((id) => rows.get(id) ?? []);
}

function distinct(ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids)].filter((id) => id !== undefined);
}

const termsKey = (programId: string, version: number): string => `${programId} ${version}`;
const reversalKey = (orderId: string, reversalId: string): string => `${orderId} ${reversalId}`;

import type { Kysely } from 'kysely';
import type { BulkTable } from '@fidelis/read-model';

/** One line of the journal. Points and minor units; instants in normal form compare as text. */
export interface JournalRow {
  readonly stream: string;
  readonly revision: number;
  /** Among the lines of the same event. */
  readonly line: number;
  readonly event_id: string;
  readonly entry_id: string;
  readonly account_id: string;
  readonly program_id: string;
  readonly terms_version: number;
  readonly kind: string;
  readonly wallet: string;
  readonly point_source: string;
  readonly channel: string;
  readonly vendor_id: string | null;
  readonly currency: string;
  readonly points: number;
  readonly forgiven: number;
  readonly amount: number;
  readonly commission: number;
  readonly occurred_at: string;
  readonly recorded_at: string;
}

/** How far the journal is with an account, and what its last message said of the whole. */
export interface JournalAccountRow {
  readonly account_id: string;
  readonly program_id: string;
  readonly terms_version: number;
  /** Of the last event that was taken; -1 before the first. Lower ones are old news. */
  readonly revision: number;
  readonly total: number;
  readonly debt: number;
  /** The membership's last command that the account answered, with points or by declining. */
  readonly answered: number;
}

/** How finance values and books a programme's points, by version of its terms. */
export interface FinanceTermsRow {
  readonly program_id: string;
  readonly version: number;
  readonly currency: string;
  /** `points` points cost `amount` minor units. */
  readonly amount: number;
  readonly points: number;
  readonly expense_account: string | null;
  readonly cost_centre: string | null;
}

export interface SettledOrderRow {
  readonly order_id: string;
  readonly purchase_id: string;
  readonly vendor_id: string;
  readonly currency: string;
  readonly amount: number;
  readonly commission: number;
  readonly reversed_amount: number;
}

export interface OrderReversalRow {
  readonly order_id: string;
  readonly reversal_id: string;
}

/** What went well but not as planned; integrity lists it. */
export interface ExceptionRow {
  readonly stream: string;
  readonly revision: number;
  readonly kind: 'forced-capture' | 'late-acceptance';
  readonly detail: string;
}

/** What must not be: integrity fails. */
export interface FaultRow {
  readonly name: string;
  readonly stream: string;
  readonly revision: number;
  readonly detail: string;
}

export interface JournalTables {
  readonly journal: JournalRow;
  readonly journal_accounts: JournalAccountRow;
  readonly finance_terms: FinanceTermsRow;
  readonly settled_orders: SettledOrderRow;
  readonly order_reversals: OrderReversalRow;
  readonly exceptions: ExceptionRow;
  readonly journal_faults: FaultRow;
}

const text = 'text';
const bigint = 'bigint';

export const JOURNAL: BulkTable<JournalRow> = {
  name: 'journal',
  columns: {
    ...{ stream: text, revision: bigint, line: bigint, event_id: text, entry_id: text },
    ...{ account_id: text, program_id: text, terms_version: bigint, kind: text, wallet: text },
    ...{ point_source: text, channel: text, vendor_id: text, currency: text, points: bigint },
    ...{ forgiven: bigint, amount: bigint, commission: bigint },
    ...{ occurred_at: text, recorded_at: text },
  },
};

export const JOURNAL_ACCOUNTS: BulkTable<JournalAccountRow> = {
  name: 'journal_accounts',
  columns: {
    ...{ account_id: text, program_id: text, terms_version: bigint, revision: bigint },
    ...{ total: bigint, debt: bigint, answered: bigint },
  },
};

export const FINANCE_TERMS: BulkTable<FinanceTermsRow> = {
  name: 'finance_terms',
  columns: {
    ...{ program_id: text, version: bigint, currency: text, amount: bigint, points: bigint },
    ...{ expense_account: text, cost_centre: text },
  },
};

export const SETTLED_ORDERS: BulkTable<SettledOrderRow> = {
  name: 'settled_orders',
  columns: {
    ...{ order_id: text, purchase_id: text, vendor_id: text, currency: text, amount: bigint },
    ...{ commission: bigint, reversed_amount: bigint },
  },
};

export const ORDER_REVERSALS: BulkTable<OrderReversalRow> = {
  name: 'order_reversals',
  columns: { order_id: text, reversal_id: text },
};

export const EXCEPTIONS: BulkTable<ExceptionRow> = {
  name: 'exceptions',
  columns: { stream: text, revision: bigint, kind: text, detail: text },
};

export const JOURNAL_FAULTS: BulkTable<FaultRow> = {
  name: 'journal_faults',
  columns: { name: text, stream: text, revision: bigint, detail: text },
};

const KEYS: readonly (readonly [BulkTable<never>, readonly string[]])[] = [
  // No key: it would be a third index to write all over. The accounts' revisions keep doubles out.
  [JOURNAL, []],
  [JOURNAL_ACCOUNTS, ['account_id']],
  [FINANCE_TERMS, ['program_id', 'version']],
  [SETTLED_ORDERS, ['order_id']],
  [ORDER_REVERSALS, ['order_id', 'reversal_id']],
  [EXCEPTIONS, ['stream', 'revision', 'kind']],
  [JOURNAL_FAULTS, ['name', 'stream', 'revision']],
];

const NULLABLE: ReadonlySet<string> = new Set(['vendor_id', 'expense_account', 'cost_centre']);

export const JOURNAL_TABLE_NAMES = KEYS.map(([table]) => table.name);

export async function createJournal(db: Kysely<JournalTables>): Promise<void> {
  for (const [table, key] of KEYS) await createTable(db as unknown as Kysely<never>, table, key);
  // Few lines share an instant, so the rest of the journal's order is sorted while reading.
  for (const column of ['occurred_at', 'account_id'] as const) {
    const index = db.schema.createIndex(`journal_by_${column}`).ifNotExists();
    await index.on('journal').column(column).execute();
  }
}

/** Creates a table with these columns and this primary key, if it is absent. */
export async function createTable(
  db: Kysely<never>,
  table: BulkTable<never>,
  key: readonly string[],
): Promise<void> {
  let builder = db.schema.createTable(table.name).ifNotExists();
  for (const [name, type] of Object.entries<'text' | 'bigint'>(table.columns)) {
    builder = builder.addColumn(name, type, (column) =>
      NULLABLE.has(name) ? column : column.notNull(),
    );
  }
  if (key.length > 0) {
    builder = builder.addPrimaryKeyConstraint(`${table.name}_key`, [...key] as never[]);
  }
  await builder.execute();
}

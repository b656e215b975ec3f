import type { Line } from '../../domain/journal';
import type { JournalRow } from './journal.table';

export function toRow(line: Line): JournalRow {
  return {
    stream: line.stream,
    revision: line.revision,
    line: line.line,
    event_id: line.eventId,
    entry_id: line.entryId,
    account_id: line.accountId,
    program_id: line.programId,
    terms_version: line.termsVersion,
    kind: line.kind,
    wallet: line.wallet,
    point_source: line.pointSource,
    channel: line.channel,
    vendor_id: line.vendorId,
    currency: line.currency,
    points: line.points,
    forgiven: line.forgiven,
    amount: line.amount,
    commission: line.commission,
    occurred_at: line.occurredAt,
    recorded_at: line.recordedAt,
  };
}

const NUMBERS: ReadonlySet<string> = new Set([
  ...['revision', 'line', 'terms_version', 'version', 'points', 'forgiven', 'amount'],
  ...[
    'commission',
    'total',
    'debt',
    'answered',
    'reversed_amount',
    'sequence',
    'position',
    'events',
  ],
]);

/** PostgreSQL gives `bigint` as text. Ours fit a number: sums that may not are read as text. */
export function withNumbers<Row extends object>(row: Row): Row {
  const numbers: Record<string, unknown> = Object.fromEntries(Object.entries(row));
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'string' && NUMBERS.has(name)) numbers[name] = Number(value);
  }
  return numbers as unknown as Row;
}

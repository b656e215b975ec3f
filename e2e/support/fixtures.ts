import type { Client } from './client';
import { until } from './until';

/** 1 point per 1,000.00; silver from 10,000.00; a point is worth 1.00; points live ten days. */
export const INR_PROGRAM = {
  id: 'test-multiple',
  name: 'Test Multiple Loyalty',
  currency: 'INR',
  timeZone: 'Asia/Kolkata',
  validFrom: '2026-01-01',
  autoEnrol: true,
  tiers: [
    { code: 'bronze', name: 'Bronze', threshold: 0, earn: { points: 1, per: 100_000 } },
    { code: 'silver', name: 'Silver', threshold: 1_000_000, earn: { points: 1, per: 100_000 } },
  ],
  redeem: { points: 1, worth: 100 },
  expiry: { policy: 'rolling', after: 'P10D' },
  finance: { expenseAccount: '6100', costCentre: 'MKT', costPerPoint: { amount: 100, points: 1 } },
};

/** 1 point per 1.00, a point is worth 0.01, no expiry. */
export const EUR_PROGRAM = {
  id: 'euro',
  name: 'Euro',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  validFrom: '2020-01-01',
  autoEnrol: true,
  tiers: [{ code: 'base', name: 'Base', threshold: 0, earn: { points: 1, per: 100 } }],
  redeem: { points: 1, worth: 1 },
};

export interface Member {
  readonly id: string;
  readonly accountId: string;
}

interface Registered {
  readonly id: string;
  readonly accounts: readonly { readonly id: string }[];
}

/** Registers somebody whom auto-enrolment puts into the only programme; again while it is busy. */
export async function register(client: Client, externalId: string): Promise<Member> {
  const { body } = await until(
    () => client.post<Registered>('/participants', { externalId, name: externalId }),
    ({ status }) => status !== 503,
  );
  const account = body.accounts[0];
  if (account === undefined) throw new Error(`${externalId} was not enrolled`);
  return { id: body.id, accountId: account.id };
}

let keys = 0;

/** A new idempotency key. */
export function key(): string {
  keys += 1;
  return `key-${process.pid}-${keys}`;
}

export interface Balance {
  readonly available: number;
  readonly pending: number;
  readonly held: number;
  readonly total: number;
  readonly debt: number;
  readonly lifetime: Readonly<Record<string, number>>;
}

export async function balanceOf(client: Client, accountId: string): Promise<Balance> {
  return (await client.get<Balance>(`/accounts/${accountId}/balance`)).body;
}

/** A ticket of one line. */
export function ticket(transactionId: string, total: number, more: object = {}): object {
  return {
    transactionId,
    source: 'pos-7',
    occurredAt: '2026-11-22T10:00:00Z',
    currency: 'EUR',
    total,
    lines: [{ lineId: '1', sku: 'A1', quantity: 1, amount: total }],
    ...more,
  };
}

interface Integrity {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: unknown;
  }[];
}

/** Everything that finance would notice: throws with the checks that failed. */
export async function expectIntegrity(client: Client): Promise<void> {
  const { status, body } = await client.get<Integrity>('/reconciliation/integrity');
  const failed = status === 200 ? body.checks.filter((check) => !check.ok) : body;
  if (status !== 200 || !body.ok) throw new Error(`integrity: ${JSON.stringify(failed)}`);
}

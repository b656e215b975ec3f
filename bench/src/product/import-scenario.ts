import { setTimeout as sleep } from 'node:timers/promises';
import { totalPoints, type Members } from './fixtures';
import type { Product } from './product';

const TICKETS = 50_000;
const DEADLINE_MS = 120_000;

/**
 * Tickets per second through the NDJSON import, counted until the last point is in its account's
 * stream. Each ticket is worth 10.00 and earns 10 points.
 */
export async function importTickets(
  product: Product,
  members: Members,
  round = 0,
): Promise<number> {
  const before = await totalPoints(product, members.accounts);
  const lastBefore = await totalPoints(product, members.accounts.slice(-3));
  const tickets = Array.from({ length: TICKETS }, (_, n) => ticket(members, `${round}-${n}`, n));
  const body = tickets.join('\n');
  const started = performance.now();
  const answer = await product.post('/v1/transactions/import', body, 'application/x-ndjson');
  const lines = (await answer.text()).trimEnd().split('\n');
  if (lines.length !== TICKETS) throw new Error(`${lines.length} answers for ${TICKETS} tickets`);
  const giveUpAt = performance.now() + DEADLINE_MS;
  // The last ticket of the last account is credited last; asking one account is cheap.
  const expected = lastBefore + expectedOf(members, 3);
  while ((await totalPoints(product, members.accounts.slice(-3))) < expected) {
    if (performance.now() > giveUpAt) throw new Error('the points did not arrive');
    await sleep(5);
  }
  const seconds = (performance.now() - started) / 1000;
  const gained = (await totalPoints(product, members.accounts)) - before;
  if (gained !== TICKETS * 10) throw new Error(`${gained} points for ${TICKETS} tickets`);
  return Math.round(TICKETS / seconds);
}

/** Each of the members gets the same number of tickets, 10 points each. */
function expectedOf(members: Members, accounts: number): number {
  return (TICKETS / members.accounts.length) * 10 * accounts;
}

function ticket(members: Members, id: string, n: number): string {
  return JSON.stringify({
    transactionId: `import-${id}`,
    source: 'bench-import',
    participant: { externalId: members.externalIds[n % members.externalIds.length] },
    occurredAt: '2026-11-22T10:00:00.000Z',
    currency: 'EUR',
    total: 1000,
    lines: [{ lineId: '1', sku: 'A1', quantity: 1, unitPrice: 1000, amount: 1000 }],
  });
}

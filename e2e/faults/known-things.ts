import type { Client } from '../support/client';
import { key, register, ticket } from '../support/fixtures';
import { openShop } from './crowd';

/** Ids by the name of the field, or of the path's segment before them, that takes them. */
export type Known = Map<string, string[]>;

const FIELDS_OF: Readonly<Record<string, readonly string[]>> = {
  participants: ['participantId', 'participant'],
  accounts: ['accountId'],
  programs: ['programId', 'programIds'],
  offers: ['offerId'],
  vendors: ['vendorId'],
  transactions: ['transactionId'],
  'issued-offers': ['issuedOfferId'],
  products: ['sku', 'skus'],
};

/** Bodies that rules accept, so that their neighbours reach deep; `method path` → body. */
export function goodBodies(known: Known): ReadonlyMap<string, object> {
  const one = (name: string, index = 0): string => known.get(name)?.[index] ?? '';
  const program = {
    ...{ name: 'Fuzzed', currency: 'EUR', timeZone: 'Europe/Berlin', validFrom: '2020-01-01' },
    ...{ redeem: { points: 1, worth: 1 }, expiry: { policy: 'rolling', after: 'P10D' } },
    ...{ tierPolicy: { window: 'P12M', downgrade: 'one-level' }, pending: null },
    tiers: [
      { code: 'base', name: 'Base', threshold: 0, earn: { points: 1, per: 100 } },
      { code: 'top', name: 'Top', threshold: 900, earn: { points: 2, per: 100 } },
    ],
  };
  const campaign = {
    ...{ name: 'Fuzzed', programId: 'euro', trigger: 'transaction' },
    condition: 'lines.exists(line, line.sku == "A1") && ticket.total > 100',
    effects: [{ type: 'fixed', points: 2 }],
  };
  const offer = { name: 'Fuzzed', type: 'percentOff', percentBps: 500 };
  const sale = ticket('fuzzed', 900, { participant: { id: one('participants') } });
  const items = [{ sku: 'novel', quantity: 1 }];
  const cart = { participantId: one('participants'), orders: [{ vendorId: 'books', items }] };
  const reason = { code: 'regret' };
  return new Map<string, object>([
    ['post /v1/programs', program],
    ['put /v1/programs/{id}', program],
    ['post /v1/campaigns', campaign],
    ['put /v1/campaigns/{id}', campaign],
    ['post /v1/offers', offer],
    ['put /v1/offers/{id}', offer],
    ['post /v1/transactions', { ...sale, redeem: { points: 3 } }],
    ['post /v1/transactions/batch', { transactions: [sale] }],
    ['post /v1/transactions/{transactionId}/returns', { returnId: 'fuzzed', amount: 1 }],
    ['post /v1/purchases', cart],
    [
      'post /v1/purchases/{id}/orders/{orderId}/reversals',
      { reversalId: 'fuzzed', kind: 'value', points: 1, reason },
    ],
  ]);
}

/** One of each thing, so that fuzzed requests meet rules and not only 404. */
export async function createThings(client: Client): Promise<Known> {
  const known: Known = new Map();
  const keep = (segment: string, ...ids: unknown[]): void => {
    for (const name of [segment, ...(FIELDS_OF[segment] ?? [])]) known.set(name, ids.map(String));
  };
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await client.post(path, body, { idempotencyKey: key() });
    if (answer.status > 202) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await openShop(client);
  const members = [await register(client, 'ann'), await register(client, 'ben')] as const;
  const [{ id: participantId, accountId }] = members;
  const credits = { points: 1_000_000, reason: 'welcome' };
  for (const member of members) await post(`/accounts/${member.accountId}/credits`, credits);
  const holds = [];
  for (let i = 0; i < 4; i += 1) {
    const hold = await post(`/accounts/${accountId}/holds`, { points: 9, ttl: 'P1D' });
    holds.push(hold['holdId']);
  }
  const purchases = [];
  const orders = [];
  for (let i = 0; i < 4; i += 1) {
    const held = { participantId, vendorId: 'airline', reference: `r${i}`, points: 50 };
    const purchase = await post('/purchases/authorize', held);
    purchases.push(purchase['purchaseId']);
    orders.push((purchase['orders'] as { orderId: string }[])[0]?.orderId);
    if (i < 2) await post(`/purchases/${String(purchase['purchaseId'])}/confirm`, {});
  }
  const bought = await post('/reward-stores/shop/offers/five-off/purchases', {
    ...{ participantId, quantity: 8 },
  });
  for (const id of ['t-1', 't-2', 't-3']) {
    await post('/transactions', ticket(id, 1000, { participant: { id: participantId } }));
  }
  await post('/campaigns', {
    ...{ id: 'welcome', name: 'Welcome', programId: 'euro', trigger: 'transaction' },
    effects: [{ type: 'fixed', points: 1 }],
  });
  keep('participants', ...members.map(({ id }) => id), 'ext:ann');
  keep('accounts', ...members.map((member) => member.accountId));
  keep('holds', ...holds);
  keep('purchases', ...purchases);
  keep('orders', ...orders);
  keep('issued-offers', ...(bought['issuedOffers'] as { id: string }[]).map(({ id }) => id));
  keep('transactions', 't-1', 't-2', 't-3');
  keep('programs', 'euro');
  keep('campaigns', 'welcome');
  keep('offers', 'five-off');
  keep('reward-stores', 'shop');
  keep('vendors', 'airline', 'books');
  keep('products', 'novel');
  keep('externalId', 'ann', 'ben');
  keep('currency', 'EUR');
  keep('timeZone', 'Europe/Berlin');
  return known;
}

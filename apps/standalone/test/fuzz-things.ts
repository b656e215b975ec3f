import { ADMIN_KEY } from './standalone-process';

interface Created {
  readonly id?: string;
  readonly holdId?: string;
  readonly purchaseId?: string;
  readonly accounts?: readonly { readonly id: string }[];
  readonly issuedOffers?: readonly { readonly id: string }[];
}

const program = {
  id: 'fuzzed',
  name: 'Fuzzed',
  currency: 'INR',
  timeZone: 'Asia/Kolkata',
  validFrom: '2020-01-01',
  autoEnrol: true,
  tiers: [{ code: 'base', name: 'Base', threshold: 0, earn: { points: 1, per: 100 } }],
  redeem: { points: 1, worth: 100 },
};

/** One of each thing, so that fuzzed requests meet rules and not only 404; answers their ids. */
export async function createThings(url: string): Promise<readonly string[]> {
  const send = async (method: 'POST' | 'PUT', path: string, body: object): Promise<Created> => {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        'content-type': 'application/json',
        'idempotency-key': path,
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Created;
  };
  await send('POST', '/programs', program);
  const ann = await send('POST', '/participants', { id: 'ann', externalId: '17850', name: 'Ann' });
  const account = ann.accounts?.[0]?.id ?? '';
  await send('POST', `/accounts/${account}/credits`, { points: 100_000, reason: 'welcome' });
  const hold = await send('POST', `/accounts/${account}/holds`, { points: 10, ttl: 'PT15M' });
  await send('POST', '/vendors', { id: 'a', name: 'A', kind: 'external' });
  await send('POST', '/offers', { id: 'a', name: 'Off', type: 'amountOff', amount: 100 });
  await send('POST', '/reward-stores', { id: 'a', name: 'Store', programId: 'fuzzed' });
  await send('PUT', '/reward-stores/a/offers/a', { price: 10 });
  const buy = { participantId: 'ann' };
  const bought = await send('POST', '/reward-stores/a/offers/a/purchases', buy);
  const authorize = { participantId: 'ann', vendorId: 'a', reference: 'r1', points: 5 };
  const authorized = await send('POST', '/purchases/authorize', authorize);
  const ids = [hold.holdId, bought.issuedOffers?.[0]?.id, authorized.purchaseId];
  return ['fuzzed', 'ann', 'a', account, ...ids.filter((id) => id !== undefined)];
}

import { createThings, type Known } from '../faults/known-things';
import type { Answer, Client } from '../support/client';
import { Fidelis, MODES, START_MS_MAX } from '../support/fidelis';
import { EUR_PROGRAM, expectIntegrity, key, ticket } from '../support/fixtures';
import { gaugeOf } from '../support/metrics';

interface OpenApi {
  readonly paths: Readonly<Record<string, { readonly post?: object }>>;
}

/** What API.md lets a client rehearse: everything about earning, stores and purchases. */
const REHEARSED =
  /^\/v1\/(programs|campaigns|transactions|offers|reward-stores|issued-offers|purchases)\b/;

interface Example {
  readonly path: string;
  readonly body: object;
}

/** One that the rules accept for each POST that can be rehearsed; `{…}` path → example. */
async function examples(client: Client, known: Known): Promise<ReadonlyMap<string, Example>> {
  const nth = (name: string, index = 0): string => known.get(name)?.[index] ?? '';
  const participantId = nth('participants');
  const sale = (id: string) => ticket(id, 900, { participant: { id: participantId } });
  const onTicket = { transactionId: 'till-1', lines: [{ lineId: '1', quantity: 1, amount: 900 }] };
  const issued = (index: number): string => nth('issued-offers', index);
  const [locked, redeemed] = [issued(1), issued(2)];
  await client.post(`/issued-offers/${locked}/lock`, onTicket);
  await client.post(`/issued-offers/${redeemed}/redeem`, onTicket);
  const campaign = { programId: 'euro', trigger: 'transaction', name: 'Dry' };
  const purchase = { participantId, vendorId: 'airline', reference: 'dry', points: 7 };
  const orders = [{ vendorId: 'books', items: [{ sku: 'novel', quantity: 1 }] }];
  const orderPath = `purchases/${nth('purchases')}/orders/${nth('orders')}`;
  const list: readonly (readonly [string, string, object])[] = [
    ['programs', 'programs', { ...EUR_PROGRAM, id: 'dry', autoEnrol: false }],
    ['campaigns', 'campaigns', { ...campaign, id: 'dry', effects: [{ type: 'fixed', points: 2 }] }],
    ['campaigns/{id}/activate', 'campaigns/welcome/activate', {}],
    ['campaigns/{id}/pause', 'campaigns/welcome/pause', {}],
    ['campaigns/{id}/end', 'campaigns/welcome/end', {}],
    ['transactions', 'transactions', { ...sale('dry-1'), redeem: { points: 3 } }],
    ['transactions/batch', 'transactions/batch', { transactions: [sale('dry-2'), sale('dry-2')] }],
    [
      'transactions/{transactionId}/returns',
      'transactions/t-1/returns',
      { returnId: 'r', amount: 100 },
    ],
    ['transactions/{transactionId}/cancel', 'transactions/t-2/cancel', { reason: 'mistaken' }],
    ['offers', 'offers', { id: 'dry', name: 'Dry', type: 'percentOff', percentBps: 500 }],
    ['reward-stores', 'reward-stores', { id: 'dry', name: 'Dry', programId: 'euro' }],
    [
      'reward-stores/{storeId}/offers/{offerId}/purchases',
      'reward-stores/shop/offers/five-off/purchases',
      { participantId, quantity: 2 },
    ],
    ['issued-offers', 'issued-offers', { offerId: 'five-off', participantId }],
    ['issued-offers/{id}/lock', `issued-offers/${issued(0)}/lock`, onTicket],
    ['issued-offers/{id}/unlock', `issued-offers/${locked}/unlock`, { transactionId: 'till-1' }],
    ['issued-offers/{id}/redeem', `issued-offers/${issued(3)}/redeem`, onTicket],
    ['issued-offers/{id}/reinstate', `issued-offers/${redeemed}/reinstate`, {}],
    ['issued-offers/{id}/revoke', `issued-offers/${issued(4)}/revoke`, { reason: 'r' }],
    ['purchases', 'purchases', { participantId, orders }],
    ['purchases/authorize', 'purchases/authorize', purchase],
    ['purchases/{id}/confirm', `purchases/${nth('purchases', 2)}/confirm`, { points: 20 }],
    ['purchases/{id}/cancel', `purchases/${nth('purchases', 3)}/cancel`, {}],
    [
      'purchases/{id}/orders/{orderId}/reversals',
      `${orderPath}/reversals`,
      { reversalId: 'r', kind: 'value', points: 5, reason: { code: 'regret' } },
    ],
  ];
  return new Map(
    list.map(([pattern, path, body]) => [`/v1/${pattern}`, { path: `/${path}`, body }]),
  );
}

const MADE_ANEW =
  /^(authorizationId|code|id|issuedOfferId|lotId|offerPurchaseId|orderId|purchaseId|redemptionId)$/;
const INSTANT = /^\d{4}-\d\d-\d\dT/;

/** The answer without what is another at each time: ids that are made anew, and the time. */
function lasting(body: object): unknown {
  const text = JSON.stringify({ ...body, simulated: undefined }, (name, value: unknown) =>
    typeof value === 'string' && (MADE_ANEW.test(name) || INSTANT.test(value)) ? '…' : value,
  );
  return JSON.parse(text) as unknown;
}

describe.each(MODES)('dry runs, in mode %s', (mode) => {
  let fidelis: Fidelis;
  let client: Client;
  let known: Known;
  let posts: readonly string[];

  beforeAll(async () => {
    fidelis = await Fidelis.start({ mode });
    client = fidelis.client();
    known = await createThings(client);
    const document = (await client.get('/openapi.json')).body as unknown as OpenApi;
    posts = Object.entries(document.paths).flatMap(([path, { post }]) => (post ? [path] : []));
  }, START_MS_MAX);
  afterAll(async () => {
    await client.close();
    await fidelis.dispose();
  }, START_MS_MAX);

  const head = (): Promise<number> => gaugeOf(client, 'fidelis_event_store_head');
  const dry = (path: string, body: object): Promise<Answer> =>
    client.post(`${path}?dryRun=true`, body);

  test('a call that cannot be rehearsed refuses, and does nothing', async () => {
    await expectIntegrity(client);
    const before = await head();
    const others = posts.filter((path) => !REHEARSED.test(path));
    expect(others).toContain('/v1/accounts/{id}/credits');
    expect(others).toContain('/v1/participants');
    for (const path of others) {
      const type = path.endsWith('/import') ? 'application/x-ndjson' : 'application/json';
      const url = `${path.replace(/\{\w+\}/g, 'x').slice('/v1'.length)}?dryRun=true`;
      const answer = await client.post(url, {}, { headers: { 'content-type': type } });
      expect([path, answer.status, answer.body['code']]).toEqual([path, 400, 'validation_failed']);
      expect(answer.body['errors']).toMatchObject([{ pointer: '/dryRun' }]);
    }
    expect(await head()).toBe(before);
  });

  test('every other one answers as it then does, and nothing was written', async () => {
    const all = await examples(client, known);
    await expectIntegrity(client);
    const rehearsed = posts.filter(
      (path) => REHEARSED.test(path) && path !== '/v1/transactions/import',
    );
    expect([...all.keys()].sort()).toEqual([...rehearsed].sort());
    for (const [pattern, { path, body }] of all) {
      const before = await head();
      const shown = await dry(path, body);
      expect({ pattern, ...shown.body }).toMatchObject({ pattern, simulated: true });
      expect([pattern, await head()]).toEqual([pattern, before]);
      const done = await client.post(path, body, { idempotencyKey: key() });
      expect(done.body['simulated']).toBeUndefined();
      // Vendors are asked only when it counts: what they say is no part of a dry run.
      if (pattern === '/v1/purchases') continue;
      expect([pattern, shown.status]).toEqual([pattern, done.status]);
      expect({ pattern, body: lasting(shown.body) }).toEqual({ pattern, body: lasting(done.body) });
      await expectIntegrity(client);
    }
  });

  test('an import knows the lines that it has rehearsed, and records none', async () => {
    await expectIntegrity(client);
    const before = await head();
    const line = ticket('dry-import', 900, { participant: { externalId: 'ann' } });
    const answers = await client.importLines('/transactions/import?dryRun=true', [line, line, {}]);
    expect(answers).toMatchObject([
      { line: 1, status: 'recorded', simulated: true },
      { line: 2, status: 'duplicate', simulated: true },
      { line: 3, status: 'rejected', code: 'validation_failed', simulated: true },
    ]);
    expect(await head()).toBe(before);
    expect((await client.get('/transactions/dry-import')).status).toBe(404);
  });
});

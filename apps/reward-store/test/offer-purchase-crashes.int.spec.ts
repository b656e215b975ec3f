import { derivedId, OperationalError } from '@fidelis/kernel';
import { PROGRAM } from './fake-neighbours';
import { startRewardStore, type TestApp } from './reward-store-app';

const STEPS = ['reserved', 'held', 'spent', 'completed'] as const;

describe('a process that dies while an offer is bought', () => {
  let fidelis: TestApp;

  beforeEach(async () => {
    fidelis = await startRewardStore();
    fidelis.neighbours.register('anna', 120);
    const body = { id: 'gift', name: 'Gift', type: 'fulfilment', channel: 'digital' };
    await fidelis.send('POST', '/offers', { body });
    const store = { id: 'main', name: 'Main', programId: PROGRAM };
    await fidelis.send('POST', '/reward-stores', { body: store });
    const listing = { price: 50, stock: 3 };
    await fidelis.send('PUT', '/reward-stores/main/offers/gift', { body: listing });
  });

  afterEach(async () => {
    await fidelis.close();
    expect(fidelis.errors).toEqual([]);
  });

  const buy = () =>
    fidelis.send('POST', '/reward-stores/main/offers/gift/purchases', {
      key: 'k1',
      body: { participantId: 'anna' },
    });

  /** The step's effect happens, its record does not: as if the process had died in between. */
  const dieBefore = async (step: (typeof STEPS)[number]): Promise<void> => {
    const { offerPurchases } = fidelis.rewardStore.streams;
    const handle = offerPurchases.handle.bind(offerPurchases);
    let records = STEPS.indexOf(step) + 1;
    offerPurchases.handle = (command) => {
      if (records === 0) return Promise.reject(new OperationalError('the process died'));
      records -= 1;
      return handle(command);
    };
    expect((await buy()).status).toBe(503);
    offerPurchases.handle = handle;
  };

  const outcome = async () => {
    const listings = await fidelis.send('GET', '/reward-stores/main/offers');
    const path = '/participants/anna/issued-offers?fresh=true';
    const issued = await fidelis.send('GET', path);
    return {
      points: fidelis.neighbours.available('anna'),
      issued: issued.body.data.length,
      stockLeft: listings.body.data[0].stockLeft,
    };
  };

  it.each(STEPS)('before it recorded "%s" has sold it once after the restart', async (step) => {
    await dieBefore(step);
    fidelis.clock.pass(3_000);
    await fidelis.runDue();
    expect(await outcome()).toEqual({ points: 70, issued: 1, stockLeft: 2 });
    expect((await buy()).status).toBe(201);
    expect(await outcome()).toEqual({ points: 70, issued: 1, stockLeft: 2 });
  });

  it.each([
    ['reserved', { points: 120, issued: 0, stockLeft: 3 }],
    ['spent', { points: 70, issued: 1, stockLeft: 2 }],
    ['completed', { points: 70, issued: 1, stockLeft: 2 }],
  ] as const)(
    'before it recorded "%s", for an hour, leaves both or neither',
    async (step, expected) => {
      await dieBefore(step);
      fidelis.clock.pass(3_600_000);
      await fidelis.runDue();
      expect(await outcome()).toEqual(expected);
    },
  );

  it('and is driven on by several at once sells it once', async () => {
    await dieBefore('held');
    const caller = derivedId(
      'http',
      'admin',
      'POST /v1/reward-stores/main/offers/gift/purchases',
      'k1',
    );
    const offerPurchaseId = derivedId('offerPurchase', caller);
    const now = fidelis.clock.now();
    const drivers = Array.from({ length: 5 }, () =>
      fidelis.rewardStore.purchases.run(offerPurchaseId, now),
    );
    const stages = (await Promise.all(drivers)).map(({ stage }) => stage);
    expect(stages).toEqual(Array(5).fill('completed'));
    expect(await outcome()).toEqual({ points: 70, issued: 1, stockLeft: 2 });
  });
});

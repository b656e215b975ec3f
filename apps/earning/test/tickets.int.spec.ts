import { EnrolParticipant } from '@fidelis/contracts';
import { startEarning, type TestApp } from './earning-app';

// The programme of API.md: silver from 10,000.00 on, 1 point per 1,000.00 in both tiers.
const program = {
  id: 'test-multiple',
  name: 'Test Multiple Loyalty',
  currency: 'INR',
  timeZone: 'Asia/Kolkata',
  validFrom: '2026-01-01',
  autoEnrol: true,
  tiers: [
    { code: 'bronze', threshold: 0, earn: { points: 1, per: 100_000 } },
    { code: 'silver', threshold: 1_000_000, earn: { points: 1, per: 100_000 } },
  ],
  redeem: { points: 1, worth: 100 },
  expiry: { policy: 'rolling', after: 'P10D', roundTo: null },
  finance: { expenseAccount: '6100', costCentre: 'MKT' },
};
const ticket = (transactionId: string, more: object = {}) => ({
  transactionId,
  source: 'pos-7',
  participant: { externalId: '17850' },
  occurredAt: '2026-11-22T10:00:00Z',
  currency: 'INR',
  total: 1_000_000,
  lines: [{ lineId: '1', sku: '85123A', category: 'lights', quantity: 2, amount: 1_000_000 }],
  ...more,
});
const small = (total: number) => ({ total, lines: [{ lineId: '1', quantity: 1, amount: total }] });

describe('a ticket over HTTP', () => {
  let test: TestApp;
  beforeEach(async () => {
    test = await startEarning();
    test.neighbours.register('ana', { externalId: '17850' });
    expect((await test.send('POST', '/programs', { body: program })).status).toBe(201);
  });
  afterEach(async () => {
    expect(test.errors).toEqual([]);
    await test.close();
  });
  const post = (transactionId: string, more: object = {}) =>
    test.send('POST', '/transactions', { body: ticket(transactionId, more) });

  it('enrols at the first ticket, earns, and answers when the points are there', async () => {
    const answer = await post('536365');
    expect(answer).toMatchObject({
      status: 201,
      body: {
        transactionId: '536365',
        status: 'recorded',
        credited: true,
        awards: [
          {
            programId: 'test-multiple',
            points: 10,
            tier: 'silver',
            availableAt: '2026-11-22T10:00:00.000Z',
            expiresOn: '2026-12-02',
            eligibleAmount: 1_000_000,
            contributions: [
              { rule: 'tier:silver', version: 1, base: 1_000_000, desired: 10, awarded: 10 },
            ],
            skipped: [],
          },
        ],
        offersIssued: [],
        tierChange: { from: 'bronze', to: 'silver' },
      },
    });
    expect(test.neighbours.balanceOf('ana')).toBe(10);
  });

  it('the same again is answered the same and counted once; other content is a conflict', async () => {
    const first = await post('536365');
    const again = await post('536365');
    expect(again).toEqual({ status: 200, body: first.body });
    expect(await post('536365', { participant: { id: 'ana' } })).toEqual(again);
    expect(await post('536365', small(5))).toMatchObject({
      status: 409,
      body: { code: 'transaction_conflict' },
    });
    test.neighbours.register('ben');
    expect(await post('536365', { participant: { id: 'ben' } })).toMatchObject({
      status: 409,
      body: { code: 'transaction_conflict' },
    });
    expect(test.neighbours.balanceOf('ana')).toBe(10);
  });

  it('pays with points: the example of API.md', async () => {
    await post('t0', small(1_000_000));
    const answer = await post('536365', { redeem: { points: 10 } });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        awards: [{ points: 9, tier: 'silver', eligibleAmount: 999_000 }],
        redemption: {
          points: 10,
          amount: 1_000,
          currency: 'INR',
          expenseAccount: '6100',
          costCentre: 'MKT',
        },
      },
    });
    expect([...test.neighbours.holds.values()]).toMatchObject([{ points: 10, status: 'captured' }]);
    expect(test.neighbours.balanceOf('ana')).toBe(9);
    const again = await post('536365', { redeem: { points: 10 } });
    expect(again).toEqual({ status: 200, body: answer.body });
    expect(test.neighbours.holds.size).toBe(1);
  });

  it('is refused with points that are not there, and leaves nothing', async () => {
    await post('t0', small(200_000));
    expect(await post('t1', { redeem: { points: 3 } })).toMatchObject({
      status: 409,
      body: { code: 'insufficient_points', available: 2, requested: 3 },
    });
    expect(await test.send('GET', '/transactions/t1')).toMatchObject({ status: 404 });
    expect(await post('t1', { redeem: { points: 2 } })).toMatchObject({ status: 201 });
  });

  it('is refused when its points are worth more than money can be', async () => {
    // 248,630,343,292,725 × 797 / 22 is 2^53 and a bit; in floating point it is 2^53 - 1.
    const odd = { ...program, redeem: { points: 22, worth: 797 } };
    const revised = await test.send('PUT', '/programs/test-multiple', { body: odd });
    expect(revised.status).toBe(200);
    const redeem = { points: 248_630_343_292_725 };
    expect(await post('t1', { redeem, occurredAt: '2026-11-23T10:00:00Z' })).toMatchObject({
      ...{ status: 422, body: { code: 'redemption_exceeds_total' } },
    });
  });

  it.each<[what: string, more: object, refusal: { status: number; code: string }]>([
    [
      'of nobody',
      { participant: { externalId: 'x' } },
      { status: 404, code: 'participant_not_found' },
    ],
    ['in another currency', { currency: 'EUR' }, { status: 422, code: 'currency_mismatch' }],
    ['in no currency', { currency: 'QQQ' }, { status: 422, code: 'unknown_currency' }],
    ['of no programme', { programId: 'x' }, { status: 422, code: 'program_not_found' }],
    ['whose lines do not sum', { total: 999_999 }, { status: 422, code: 'lines_do_not_sum' }],
    [
      'with more tax than total',
      { taxTotal: 1_000_001 },
      { status: 422, code: 'tax_exceeds_total' },
    ],
    [
      'worth less than its points',
      { redeem: { points: 10_001 } },
      { status: 422, code: 'redemption_exceeds_total' },
    ],
    ['below 0', { ...small(-1) }, { status: 400, code: 'validation_failed' }],
    ['from a strange source', { source: 'a b' }, { status: 400, code: 'validation_failed' }],
    ['with an unknown field', { colour: 'red' }, { status: 400, code: 'validation_failed' }],
  ])('%s is refused', async (_, more, { status, code }) => {
    expect(await post('t1', more)).toMatchObject({ status, body: { code } });
    expect(await test.send('GET', '/transactions/t1')).toMatchObject({ status: 404 });
  });

  it('without a participant is recorded and earns nothing', async () => {
    const { participant: _, ...anonymous } = ticket('t1');
    expect(await test.send('POST', '/transactions', { body: anonymous })).toMatchObject({
      status: 201,
      body: { status: 'recorded', awards: [] },
    });
  });

  it('outside the programme earns nothing and says why', async () => {
    expect(await post('t1', { occurredAt: '2025-12-31T18:29:59Z' })).toMatchObject({
      status: 201,
      body: {
        awards: [{ points: 0, skipped: [{ rule: 'tier:bronze', reason: 'outside_validity' }] }],
      },
    });
  });

  it('is recorded though the account is away, and its points follow', async () => {
    await post('t0', small(100));
    test.neighbours.away.add('award');
    const late = await post('t1');
    expect(late).toMatchObject({
      status: 201,
      body: { credited: false, awards: [{ points: 10 }] },
    });
    test.neighbours.away.delete('award');
    expect(await post('t1')).toMatchObject({ status: 200, body: { credited: true } });
    expect(test.neighbours.balanceOf('ana')).toBe(10);
  }, 10_000);

  it('is not recorded when its hold is not certain', async () => {
    await post('t0');
    test.neighbours.away.add('hold');
    expect(await post('t1', { redeem: { points: 5 } })).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
    test.neighbours.away.delete('hold');
    expect(await test.send('GET', '/transactions/t1')).toMatchObject({ status: 404 });
    expect(await post('t1', { redeem: { points: 5 } })).toMatchObject({ status: 201 });
    expect(test.neighbours.balanceOf('ana')).toBe(10 + 9 - 5);
  });

  it('uses the offers that it names, or is refused', async () => {
    test.neighbours.unavailableOffers.add('gone');
    expect(await post('t1', { offers: [{ issuedOfferId: 'gone' }] })).toMatchObject({
      status: 409,
      body: { code: 'offer_not_redeemable' },
    });
    expect(
      await post('t1', { offers: [{ issuedOfferId: 'muffin', discount: 300 }] }),
    ).toMatchObject({ status: 201 });
    expect(test.neighbours.locked.get('muffin')).toBe('used');
  });

  it('shows its award, and by its source where two sources use one id', async () => {
    await post('t1');
    expect(await test.send('GET', '/transactions/t1')).toMatchObject({
      status: 200,
      body: { transactionId: 't1', status: 'recorded', awards: [{ points: 10 }], returns: [] },
    });
    await post('t1', { source: 'pos-8' });
    expect(await test.send('GET', '/transactions/t1')).toMatchObject({
      status: 409,
      body: { code: 'ambiguous_transaction', sources: ['pos-7', 'pos-8'] },
    });
    expect(await test.send('GET', '/transactions/pos-8:t1')).toMatchObject({
      status: 200,
      body: { source: 'pos-8' },
    });
  });

  it('as a dry run answers the same and writes nothing', async () => {
    const before = await test.eventStore.headOf();
    const simulated = await test.send('POST', '/transactions?dryRun=true', { body: ticket('t1') });
    expect(await test.eventStore.headOf()).toBe(before);
    expect(test.neighbours.accounts.size).toBe(0);
    const done = await post('t1');
    expect(done).toMatchObject({ status: 201, body: { credited: true, awards: [{ points: 10 }] } });
    expect(simulated).toEqual({ ...done, body: { ...done.body, simulated: true } });
  });

  it('with lines that sum to something else is refused, also with none; without lines it is not', async () => {
    const refused = { status: 422, body: { code: 'lines_do_not_sum' } };
    expect(await post('t1', { lines: [] })).toMatchObject(refused);
    expect(await post('t2', { total: 999_999 })).toMatchObject(refused);
    expect(await post('t3', { lines: undefined })).toMatchObject({
      status: 201,
      body: { awards: [{ points: 10 }] },
    });
    expect((await post('t4', { total: 0, lines: [] })).status).toBe(201);
  });

  it('of more than 2,000 lines or 256 KiB is too large, whichever way it comes', async () => {
    const line = { quantity: 1, amount: 1 };
    const lines = ticket('lines', { total: 2_001, lines: Array(2_001).fill(line) });
    const bytes = ticket('bytes', { attributes: { note: 'x'.repeat(256 * 1024) } });
    const tooLarge = { code: 'payload_too_large' };
    const one = await test.send('POST', '/transactions', { body: lines });
    expect(one).toMatchObject({ status: 413, body: tooLarge });
    expect((await post('bytes', bytes)).status).toBe(413);
    const batch = await test.send('POST', '/transactions/batch', {
      body: { transactions: [lines, bytes, ticket('t1')] },
    });
    expect(batch.body.results).toMatchObject([
      { transactionId: 'lines', status: 'rejected', ...tooLarge },
      { transactionId: 'bytes', status: 'rejected', ...tooLarge },
      { transactionId: 't1', status: 'recorded' },
    ]);
    const imported = await test.send('POST', '/transactions/import', { lines: [lines, bytes] });
    expect(imported.body).toMatchObject([{ transactionId: 'lines', ...tooLarge }, tooLarge]);
    expect(await post('t5', { total: 2_000, lines: Array(2_000).fill(line) })).toMatchObject({
      status: 201,
    });
  });

  it('that an import refuses is named where it can be read', async () => {
    const { body } = await test.send('POST', '/transactions/import', {
      lines: [{ ...ticket('t1'), total: 'x' }, '{', '7', 'null'],
    });
    expect(body).toMatchObject([
      { line: 1, transactionId: 't1', status: 'rejected', code: 'validation_failed' },
      { line: 2, code: 'malformed' },
      { line: 3, code: 'validation_failed' },
      { line: 4, code: 'validation_failed' },
    ]);
  });

  it('in a batch or an import is rehearsed by a dry run, which knows its earlier tickets', async () => {
    const before = await test.eventStore.headOf();
    const tickets = [ticket('t1'), ticket('t1'), ticket('t2', { total: 1 })];
    const answers = [
      { transactionId: 't1', status: 'recorded' },
      { transactionId: 't1', status: 'duplicate' },
      { transactionId: 't2', status: 'rejected', code: 'lines_do_not_sum' },
    ];
    const batch = { body: { transactions: tickets } };
    expect(await test.send('POST', '/transactions/batch?dryRun=true', batch)).toMatchObject({
      status: 200,
      body: { simulated: true, results: answers },
    });
    const lines = { lines: tickets };
    const imported = await test.send('POST', '/transactions/import?dryRun=true', lines);
    expect(imported.body).toMatchObject(answers.map((one) => ({ ...one, simulated: true })));
    expect(await test.eventStore.headOf()).toBe(before);
    expect((await test.send('GET', '/transactions/t1')).status).toBe(404);
  });

  it('with its first ticket pays and enrols in a dry run, and neither has happened', async () => {
    const paid = { body: ticket('t1', { redeem: { points: 1_000 } }) };
    expect(await test.send('POST', '/transactions?dryRun=true', paid)).toMatchObject({
      status: 409,
      body: { code: 'insufficient_points', requested: 1_000 },
    });
    await post('t0');
    const redeem = { points: 10 };
    const dry = await test.send('POST', '/transactions?dryRun=true', {
      body: ticket('t1', { redeem }),
    });
    expect(dry).toMatchObject({ status: 201, body: { redemption: { points: 10 } } });
    expect(dry.body.redemption.redemptionId).not.toBe('');
    expect([...test.neighbours.holds.keys()]).toEqual([]);
  });

  it('brings a campaign that runs: its points and its offer', async () => {
    const campaign = {
      id: 'lights',
      name: 'Lights',
      programId: 'test-multiple',
      trigger: 'transaction',
      condition: 'lines.exists(l, l.category == "lights" && l.quantity >= 2)',
      effects: [
        { type: 'fixed', points: 50 },
        { type: 'issueOffer', offerId: 'cake' },
      ],
    };
    expect((await test.send('POST', '/campaigns', { body: campaign })).status).toBe(201);
    expect((await post('t1')).body.awards[0].points).toBe(10);
    expect(await test.send('POST', '/campaigns/lights/activate')).toMatchObject({
      status: 200,
      body: { status: 'active' },
    });
    expect(await post('t2')).toMatchObject({
      body: {
        awards: [{ points: 60, contributions: [{}, { rule: 'campaign:lights', awarded: 50 }] }],
        offersIssued: [{ offerId: 'cake', status: 'issued' }],
      },
    });
    expect((await post('t3', small(10))).body.awards[0].skipped).toEqual([
      { rule: 'campaign:lights', reason: 'condition_false' },
    ]);
    const wrong = { ...campaign, id: 'wrong', condition: 'ticket.total >' };
    expect(await test.send('POST', '/campaigns', { body: wrong })).toMatchObject({
      status: 422,
      body: { code: 'invalid_expression', position: 14 },
    });
  });
});

describe('many tickets', () => {
  let test: TestApp;
  beforeEach(async () => {
    test = await startEarning();
    test.neighbours.register('ana', { externalId: '17850' });
    await test.send('POST', '/programs', { body: program });
  });
  afterEach(async () => {
    expect(test.errors).toEqual([]);
    await test.close();
  });

  it('in a batch have a status each', async () => {
    const transactions = [
      ticket('t1'),
      ticket('t2', { total: 1 }),
      { transactionId: 't3' },
      ticket('t1'),
      ticket('t4', { participant: { externalId: 'nobody' } }),
    ];
    expect(
      await test.send('POST', '/transactions/batch', { body: { transactions } }),
    ).toMatchObject({
      status: 200,
      body: {
        results: [
          { transactionId: 't1', status: 'recorded' },
          { transactionId: 't2', status: 'rejected', code: 'lines_do_not_sum' },
          { transactionId: 't3', status: 'rejected', code: 'validation_failed' },
          { transactionId: 't1', status: 'duplicate' },
          { transactionId: 't4', status: 'rejected', code: 'participant_not_found' },
        ],
      },
    });
  });

  it('of a participant of two programmes are awarded in both, once', async () => {
    const other = { ...program, id: 'second', autoEnrol: false };
    expect((await test.send('POST', '/programs', { body: other })).status).toBe(201);
    for (const programId of ['test-multiple', 'second']) {
      const operation = { id: `enrol ${programId}` };
      const who = { participantId: 'ana', groups: [], programId };
      const enrolled = await test.calls.call(EnrolParticipant, {
        ...who,
        now: test.clock.now(),
        operation,
      });
      expect(enrolled).toMatchObject({ ok: true, value: { result: 'enrolled' } });
    }
    const batch = { body: { transactions: [ticket('t1'), ticket('t2'), ticket('t1')] } };
    expect((await test.send('POST', '/transactions/batch', batch)).body.results).toMatchObject([
      { transactionId: 't1', status: 'recorded' },
      { transactionId: 't2', status: 'recorded' },
      { transactionId: 't1', status: 'duplicate' },
    ]);
    const lines = [ticket('t2'), ticket('t3')];
    expect((await test.send('POST', '/transactions/import', { lines })).body).toMatchObject([
      { transactionId: 't2', status: 'duplicate' },
      { transactionId: 't3', status: 'recorded' },
    ]);

    const events = await test.eventStore.readAll({ after: -1, categories: ['membership'] });
    const awarded = events.filter(({ type }) => type === 'TicketAwarded');
    const inEach = new Map<string, unknown[]>();
    for (const { stream, data } of awarded) {
      inEach.set(stream, [...(inEach.get(stream) ?? []), data['transactionId']]);
    }
    const thrice = ['t1', 't2', 't3'];
    expect([...inEach.values()]).toEqual([thrice, thrice]);
  });

  it('of one participant that all pay with points are rehearsed on what the ones before left', async () => {
    // 259 points, and two calls a ticket: a hold and its capture.
    await test.send('POST', '/transactions', { body: ticket('t0', small(25_900_000)) });
    expect(test.neighbours.balanceOf('ana')).toBe(259);
    const redeem = { points: 1 };
    const transactions = Array.from({ length: 260 }, (_, n) =>
      ticket(`p${n}`, { ...small(1_000), redeem }),
    );
    const batch = { body: { transactions } };
    const { body } = await test.send('POST', '/transactions/batch?dryRun=true', batch);
    const recorded = body.results.filter(({ status }: { status: string }) => status === 'recorded');
    expect(recorded).toHaveLength(259);
    expect(body.results[259]).toMatchObject({ status: 'rejected', code: 'insufficient_points' });
    expect(test.neighbours.balanceOf('ana')).toBe(259);
  });

  it('with a number that no computer keeps exactly are refused alone, in a batch and an import', async () => {
    const huge = { ...ticket('t2'), total: 2 ** 53 };
    const lines = [ticket('t1', { attributes: { n: 2 ** 53 } }), huge, ticket('t3')];
    const outcomes = [
      { transactionId: 't1', status: 'rejected', code: 'validation_failed' },
      { transactionId: 't2', status: 'rejected', code: 'validation_failed' },
      { transactionId: 't3', status: 'recorded' },
    ];
    const batch = await test.send('POST', '/transactions/batch', { body: { transactions: lines } });
    expect(batch).toMatchObject({ status: 200, body: { results: outcomes } });
    const imported = await test.send('POST', '/transactions/import', { lines });
    expect(imported.body).toMatchObject([
      { line: 1, status: 'rejected', code: 'validation_failed' },
      { line: 2, status: 'rejected', code: 'validation_failed' },
      { line: 3, status: 'duplicate' },
    ]);
  });

  it('imported line by line are answered line by line, again as duplicates', async () => {
    const lines = Array.from({ length: 50 }, (_, n) => ticket(`t${n}`, small(100_000)));
    const first = await test.send('POST', '/transactions/import', { lines });
    expect(first.body).toHaveLength(50);
    expect(first.body[49]).toEqual({
      line: 50,
      transactionId: 't49',
      source: 'pos-7',
      status: 'recorded',
    });
    const again = await test.send('POST', '/transactions/import', { lines });
    expect(again.body.every(({ status }: { status: string }) => status === 'duplicate')).toBe(true);
    // 1,000.00 each: the tenth reached silver.
    const { body } = await test.send('GET', '/transactions/t49');
    expect(body.awards).toMatchObject([{ points: 1, tier: 'silver' }]);
  });
});

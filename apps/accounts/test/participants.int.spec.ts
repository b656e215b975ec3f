import { settlePersonalData } from '../src/processes/personal-data.process';
import { startAccounts, type TestApp } from './accounts-app';

describe('participants', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startAccounts();
  });
  afterEach(async () => {
    await app.close();
    expect(app.errors).toEqual([]);
  });

  const ann = {
    externalId: '17850',
    name: 'Ann Larson',
    email: 'ann@example.org',
    groups: ['retail/gold'],
    territory: 'BR/SP',
  };

  it('are registered and enrolled when it answers; the same again gives what exists', async () => {
    const created = await app.send('POST', '/participants', { body: ann });
    expect(created).toMatchObject({
      status: 201,
      body: {
        ...ann,
        type: 'person',
        status: 'active',
        accounts: [{ programId: 'prog', tier: 'bronze', balance: { available: 0, debt: 0 } }],
        enrolment: { result: 'enrolled', programIds: ['prog'] },
      },
    });
    expect(await app.send('POST', '/participants', { body: ann })).toEqual({
      status: 200,
      body: created.body,
    });
    expect(await app.send('GET', '/participants/ext:17850')).toMatchObject({
      status: 200,
      body: { id: created.body.id, name: 'Ann Larson' },
    });
  });

  it('keep their ids: another content under one of them is refused', async () => {
    await app.send('POST', '/participants', { body: { ...ann, id: 'p-1' } });
    for (const body of [
      { ...ann, id: 'p-1', name: 'Bob' },
      { ...ann, id: 'p-2' },
      { ...ann, name: 'Bob' },
    ]) {
      expect(await app.send('POST', '/participants', { body })).toMatchObject({
        status: 409,
        body: { code: 'already_exists' },
      });
    }
  });

  it('registered by 20 requests at once are one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.send('POST', '/participants', { body: ann })),
    );
    expect(new Set(answers.map(({ body }) => body.id as string)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.every(({ status }) => status === 201 || status === 200)).toBe(true);
  });

  it('whose enrolment could not be asked are enrolled by the same request later', async () => {
    app.earning.away = true;
    expect(await app.send('POST', '/participants', { body: ann })).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
    app.earning.away = false;
    expect(await app.send('POST', '/participants', { body: ann })).toMatchObject({
      status: 200,
      body: { accounts: [{ programId: 'prog' }], enrolment: { result: 'enrolled' } },
    });
    app.errors.length = 0;
  });

  it('leave no personal data in the events', async () => {
    await app.send('POST', '/participants', {
      body: { ...ann, phone: '555-0199', attributes: { pet: 'Rex' } },
    });
    await app.send('PATCH', '/participants/ext:17850', { body: { name: 'Ann Miller' } });
    const events = JSON.stringify(await app.service.platform.eventStore.readAll({ after: -1 }));
    for (const secret of ['17850', 'Ann', 'example.org', '555-0199', 'Rex']) {
      expect(events).not.toContain(secret);
    }
    expect(events).toContain('retail/gold');
  });

  it('keep their profile when what settles it begins anew', async () => {
    await app.send('POST', '/participants', { body: ann });
    await app.send('PATCH', '/participants/ext:17850', { body: { name: 'Ann Miller' } });
    const { participants, platform } = app.service;
    const process = settlePersonalData(participants);
    const categories = ['participant'];
    const events = await platform.eventStore.readAll({ after: -1, categories });
    expect(events).toHaveLength(2);
    for (const event of events) await process.react(event);
    expect((await app.send('GET', '/participants/ext:17850')).body).toMatchObject({
      name: 'Ann Miller',
      email: 'ann@example.org',
    });
  });

  it('are changed field by field; other groups run enrolment again', async () => {
    await app.send('POST', '/participants', { body: ann });
    const renamed = await app.send('PATCH', '/participants/ext:17850', {
      body: { name: 'Ann Miller', email: null },
    });
    expect(renamed).toMatchObject({
      status: 200,
      body: { name: 'Ann Miller', territory: 'BR/SP' },
    });
    expect(renamed.body).not.toHaveProperty('email');
    expect(renamed.body).not.toHaveProperty('enrolment');
    expect(
      await app.send('PATCH', '/participants/ext:17850', { body: { groups: ['staff'] } }),
    ).toMatchObject({
      status: 200,
      body: { groups: ['staff'], enrolment: { result: 'enrolled' } },
    });
    expect(await app.send('PATCH', '/participants/nobody', { body: {} })).toMatchObject({
      status: 404,
    });
  });

  it('are found by name, external id and group with all below it', async () => {
    await app.send('POST', '/participants', { body: { ...ann, id: 'a' } });
    await app.send('POST', '/participants', {
      body: { id: 'b', name: 'Bob 100%', groups: ['retail'] },
    });
    await app.send('POST', '/participants', {
      body: { id: 'c', name: 'Cid', groups: ['retailer'] },
    });
    const found = async (query: string) => {
      const { body } = await app.send('GET', `/participants?${query}`);
      return (body.data as { id: string }[]).map(({ id }) => id);
    };
    expect(await found('q=larson')).toEqual(['a']);
    expect(await found('q=0%25')).toEqual(['b']);
    expect(await found('q=_')).toEqual([]);
    expect(await found('externalId=17850')).toEqual(['a']);
    expect(await found('group=retail')).toEqual(['a', 'b']);
    const first = await app.send('GET', '/participants?limit=2');
    expect(first.body.data).toHaveLength(2);
    expect(await found(`limit=2&cursor=${first.body.nextCursor as string}`)).toEqual(['c']);
  });

  it('are imported line by line', async () => {
    const lines = [
      JSON.stringify({ id: 'a', name: 'A' }),
      JSON.stringify({ id: 'a', name: 'A' }),
      JSON.stringify({ id: 'a', name: 'Other' }),
      '{"name":',
      JSON.stringify({ externalId: 'x', name: 'X' }),
    ];
    const { status, body } = await app.send('POST', '/participants/import', { lines });
    expect(status).toBe(200);
    const shown = body as { line: number; status: string; id?: string; code?: string }[];
    expect(shown.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    expect(shown.map((line) => line.status).sort()).toEqual(
      ['created', 'created', 'exists', 'rejected', 'rejected'].sort(),
    );
    expect(shown[3]).toMatchObject({ status: 'rejected', code: 'malformed' });
  });

  it('imported twice in one file, by their external id, are one', async () => {
    const line = JSON.stringify({ externalId: 'd1', name: 'C1' });
    const other = JSON.stringify({ externalId: 'd1', name: 'Somebody else' });
    const imported = async (...lines: string[]) => {
      const { body } = await app.send('POST', '/participants/import', { lines });
      return body as { status: string; id?: string; code?: string }[];
    };
    const twice = await imported(line, line);
    expect(twice.map(({ status }) => status).sort()).toEqual(['created', 'exists']);
    expect(new Set(twice.map(({ id }) => id)).size).toBe(1);
    const again = await imported(line, line, other);
    expect(again).toMatchObject([
      { status: 'exists' },
      { status: 'exists' },
      { status: 'rejected', code: 'already_exists' },
    ]);
  });

  it('registered at once under one external id by two calls are one', async () => {
    const profile = { externalId: 'e1', name: 'E', type: 'person', groups: [] } as const;
    const register = (newId: string) =>
      app.service.participants.register({ newId, profile, now: app.clock.now() });
    const both = await Promise.all([register('p-1'), register('p-2')]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['created', 'exists']);
  });

  it('are imported although earning fails for a moment', async () => {
    app.earning.failures = 2;
    const lines = ['a', 'b', 'c', 'd'].map((id) => JSON.stringify({ id, name: id }));
    const { status, body } = await app.send('POST', '/participants/import', { lines });
    expect(status).toBe(200);
    const shown = body as { id: string; status: string }[];
    expect(shown.map((line) => [line.id, line.status])).toEqual([
      ['a', 'created'],
      ['b', 'created'],
      ['c', 'created'],
      ['d', 'created'],
    ]);
    app.errors.length = 0; // the process that looks after lost enrolments may have met a failure
  });

  it('of an import whose enrolment is not known are told line by line; again tells', async () => {
    const good = ['a', 'b'].map((id) => JSON.stringify({ id, externalId: `ext-${id}`, name: id }));
    const lines = [good[0] ?? '', '{"name":', good[1] ?? ''];
    app.earning.away = true;
    const away = await app.send('POST', '/participants/import', { lines });
    expect(away.status).toBe(200);
    expect(away.body).toMatchObject([
      { line: 1, id: 'a', externalId: 'ext-a', status: 'rejected', code: 'unavailable' },
      { line: 2, status: 'rejected', code: 'malformed' },
      { line: 3, id: 'b', externalId: 'ext-b', status: 'rejected', code: 'unavailable' },
    ]);

    app.earning.away = false;
    const back = await app.send('POST', '/participants/import', { lines });
    expect(back.body).toMatchObject([{ status: 'exists' }, {}, { status: 'exists' }]);
    const { body } = await app.send('GET', '/participants/b');
    expect(body).toMatchObject({ accounts: [{ programId: 'prog' }] });
    app.errors.length = 0;
  });

  it('are enrolled by hand, once', async () => {
    await app.send('POST', '/participants', { body: ann });
    const enrol = (programId: string) =>
      app.send('POST', '/participants/ext:17850/enrolments', { body: { programId } });
    expect(await enrol('prog')).toMatchObject({ status: 200, body: { programId: 'prog' } });
    expect(await enrol('none')).toMatchObject({ status: 404, body: { code: 'program_not_found' } });
  });

  it('see their own data only', async () => {
    const { body } = await app.send('POST', '/participants', { body: ann });
    await app.send('POST', '/participants', { body: { id: 'other', name: 'O' } });
    const as = `participant:${body.id as string}`;
    expect(await app.send('GET', `/participants/${body.id as string}`, { as })).toMatchObject({
      status: 200,
    });
    expect(await app.send('GET', '/participants/ext:17850', { as })).toMatchObject({ status: 200 });
    expect(await app.send('GET', '/participants/other', { as })).toMatchObject({ status: 403 });
    expect(await app.send('GET', '/participants', { as })).toMatchObject({ status: 403 });
  });
});

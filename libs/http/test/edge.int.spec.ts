import type { Got, Sent, TestApp } from './test-app';
import { listeners, seen, send as sendTo, startTestApp } from './test-app';

describe.each(listeners)('requests that come in %s', (listens) => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp(listens);
  });

  afterAll(() => server.close());

  beforeEach(() => {
    seen.handled = 0;
    seen.defects = [];
  });

  const send = (sent: Sent): Promise<Got> => sendTo(server.port, sent);
  const ticket = { transactionId: '536365', lines: [{ sku: '85123A', amount: 100 }] };
  const post = (body: unknown, more: Partial<Sent> = {}) =>
    send({ path: '/v1/transactions', body, ...more });

  describe('a good request', () => {
    it('reaches the handler as plain checked JSON and is answered with a request id', async () => {
      const answer = await post({ ...ticket, participant: { externalId: '17850' } });
      expect(answer.status).toBe(201);
      expect(answer.json).toEqual({ transactionId: '536365', lines: 1 });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-z]{26}$/);
    });

    it('keeps the request id of the client', async () => {
      const answer = await post(ticket, { headers: { 'x-request-id': 'till-7.42' } });
      expect(answer.headers.get('x-request-id')).toBe('till-7.42');
    });

    it('has the types of its fields in the query, and drops what is not declared', async () => {
      const answer = await send({ path: '/v1/accounts?limit=7&fresh=true&other=1' });
      expect(answer.json).toEqual({ limit: 7, fresh: true });
    });

    it('may be answered with another status and headers', async () => {
      const answer = await send({ path: '/v1/participants/ann', key: 'ann' });
      expect([answer.status, answer.headers.get('etag'), answer.json]).toEqual([
        203,
        '"ann"',
        { id: 'ann' },
      ]);
    });
  });

  describe('who may', () => {
    it('no key is 401, before the body is looked at', async () => {
      const answer = await post('{broken', { key: '' });
      expect(answer.json).toMatchObject({ status: 401, code: 'unauthenticated' });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('an unknown key is 401', async () => {
      expect((await post(ticket, { key: 'guess' })).status).toBe(401);
    });

    it('a key without the role is 403, admin may do everything', async () => {
      expect((await send({ path: '/v1/accounts', key: 'pos-key' })).json.code).toBe('forbidden');
      expect((await send({ path: '/v1/accounts', key: 'admin-key' })).status).toBe(200);
    });

    it('a participant sees own data only', async () => {
      expect((await send({ path: '/v1/participants/ann', key: 'ann' })).status).toBe(203);
      expect((await send({ path: '/v1/participants/bob', key: 'ann' })).json.code).toBe(
        'forbidden',
      );
    });
  });

  describe('what goes wrong inside', () => {
    it('something away is 503 with Retry-After', async () => {
      const answer = await send({
        path: '/v1/accounts/away/credits',
        headers: { 'idempotency-key': 'away-1' },
        body: { points: 5 },
      });
      expect([answer.status, answer.headers.get('retry-after'), answer.json.code]).toEqual([
        503,
        '1',
        'unavailable',
      ]);
    });

    it('a broken invariant is told to the host, which ends the process', async () => {
      expect((await send({ path: '/v1/broken/defect' })).status).toBe(500);
      expect(seen.defects.map(({ message }) => message)).toEqual(['postings do not balance']);
    });

    it('a missing thing is 404 with its name', async () => {
      const answer = await send({ path: '/v1/participants/nobody' });
      expect(answer.json).toMatchObject({
        status: 404,
        code: 'not_found',
        detail: 'participant nobody does not exist',
      });
    });
  });

  describe('an idempotency key', () => {
    const credit = (key: string, body: unknown, account = 'a1') =>
      send({
        path: `/v1/accounts/${account}/credits`,
        headers: { 'idempotency-key': key },
        body,
      });

    it('is missing: 400, nothing handled', async () => {
      const answer = await send({ path: '/v1/accounts/a1/credits', body: { points: 5 } });
      expect(answer.json).toMatchObject({ status: 400, code: 'idempotency_key_missing' });
      expect(seen.handled).toBe(0);
    });

    it('gives the stored status and answer again, also with the fields in another order', async () => {
      const first = await credit('k-1', { points: 5 });
      const again = await credit('k-1', { points: 5 });
      expect(again.text).toBe(first.text);
      expect([first.status, again.status, seen.handled]).toEqual([201, 201, 1]);
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    });

    it('with another body is 422', async () => {
      await credit('k-2', { points: 5 });
      expect((await credit('k-2', { points: 6 })).json).toMatchObject({
        status: 422,
        code: 'idempotency_key_reused',
      });
    });

    it('counts per path', async () => {
      const one = await credit('k-3', { points: 5 }, 'a1');
      const other = await credit('k-3', { points: 5 }, 'a2');
      expect(other.json.accountId).toBe('a2');
      expect(other.json.operation).not.toBe(one.json.operation);
    });

    it('keeps refusals by a rule, with their helpful fields', async () => {
      const first = await credit('k-4', { points: 5000 });
      const again = await credit('k-4', { points: 5000 });
      expect(first.json).toMatchObject({
        status: 409,
        code: 'insufficient_points',
        available: 1000,
      });
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(again.headers.get('content-type')).toContain('application/problem+json');
      expect(seen.handled).toBe(1);
    });

    it('keeps no 503, and the retry runs under the same operation', async () => {
      await credit('k-5', { points: 5 }, 'away');
      await credit('k-5', { points: 5 }, 'away');
      expect(seen.handled).toBe(2);
    });

    it('in progress is 409 with Retry-After, or 422 for another body', async () => {
      const first = credit('k-6', { points: 5 }, 'slow');
      while (seen.release === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      const second = await credit('k-6', { points: 5 }, 'slow');
      const third = await credit('k-6', { points: 6 }, 'slow');
      seen.release();
      seen.release = undefined;
      expect([second.status, second.json.code, second.headers.get('retry-after')]).toEqual([
        409,
        'idempotency_in_progress',
        '1',
      ]);
      expect(third.json.code).toBe('idempotency_key_reused');
      expect((await first).status).toBe(201);
      expect((await credit('k-6', { points: 5 }, 'slow')).headers.get('idempotency-replayed')).toBe(
        'true',
      );
    });

    it('longer than 255 characters is 400', async () => {
      expect((await credit('k'.repeat(256), { points: 5 })).json.code).toBe('validation_failed');
    });
  });

  describe('an import', () => {
    it('answers one line per line, whatever is wrong with it', async () => {
      const body = [
        '{"points":1}',
        '',
        'rubbish',
        '{"points":"x"}',
        'x'.repeat(300_000),
        '{"points":2}',
      ].join('\n');
      const answer = await send({
        path: '/v1/imports',
        body,
        headers: { 'content-type': 'application/x-ndjson' },
      });
      expect(answer.status).toBe(200);
      expect(
        answer.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual([
        { number: 1, points: 1 },
        { number: 3, code: 'malformed' },
        { number: 4, code: 'validation_failed' },
        { number: 5, code: 'payload_too_large' },
        { number: 6, points: 2 },
      ]);
    });

    it('refuses a line that is no UTF-8 instead of changing it', async () => {
      const body = Buffer.concat([
        Buffer.from('{"points":1,"n":"'),
        Buffer.from([0xc3]),
        Buffer.from('"}\n{"points":2}'),
      ]);
      const headers = { 'content-type': 'application/x-ndjson' };
      const answer = await send({ path: '/v1/imports', body, headers });
      expect(
        answer.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual([
        { number: 1, code: 'malformed' },
        { number: 2, points: 2 },
      ]);
    });

    it('takes nothing but NDJSON', async () => {
      expect((await send({ path: '/v1/imports', body: {} })).json.code).toBe(
        'unsupported_media_type',
      );
    });
  });
});

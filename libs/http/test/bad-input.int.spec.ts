import { connect } from 'node:net';
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

  describe('bad input', () => {
    const deep = `{"transactionId":"1","lines":[],"attributes":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`;
    const cases: readonly [string, unknown, number, string][] = [
      ['malformed JSON', '{"transactionId":', 400, 'malformed'],
      ['an empty text', '', 400, 'validation_failed'],
      ['a JSON array', [], 400, 'validation_failed'],
      ['JSON null', 'null', 400, 'validation_failed'],
      ['a JSON number', '7', 400, 'validation_failed'],
      ['a wrong type', { ...ticket, transactionId: 7 }, 400, 'validation_failed'],
      ['null for a field', { ...ticket, participant: null }, 400, 'validation_failed'],
      ['a list for an object', { ...ticket, participant: [] }, 400, 'validation_failed'],
      ['a missing field', { transactionId: '1' }, 400, 'validation_failed'],
      ['an unknown field', { ...ticket, colour: 'red' }, 400, 'validation_failed'],
      [
        'a field named constructor',
        '{"constructor":{"a":1},"transactionId":"1","lines":[]}',
        400,
        'validation_failed',
      ],
      ['__proto__', '{"__proto__":{"a":1},"transactionId":"1","lines":[]}', 400, 'malformed'],
      [
        'a huge number',
        '{"transactionId":"1","lines":[{"sku":"a","amount":9007199254740993}]}',
        400,
        'validation_failed',
      ],
      [
        '1e400',
        '{"transactionId":"1","lines":[{"sku":"a","amount":1e400}]}',
        400,
        'validation_failed',
      ],
      [
        'a fraction',
        { transactionId: '1', lines: [{ sku: 'a', amount: 1.5 }] },
        400,
        'validation_failed',
      ],
      [
        'a huge number in free data',
        '{"transactionId":"1","lines":[],"attributes":{"n":1e300}}',
        400,
        'validation_failed',
      ],
      [
        'too many lines',
        { ...ticket, lines: Array(4).fill(ticket.lines[0]) },
        400,
        'validation_failed',
      ],
      ['a list in a list', { ...ticket, lines: [[]] }, 400, 'validation_failed'],
      ['NUL in a text', { ...ticket, transactionId: 'a\u0000b' }, 400, 'malformed'],
      ['NUL in a key', { ...ticket, attributes: { 'a\u0000': 1 } }, 400, 'malformed'],
      ['half a surrogate pair', `{"transactionId":"\\ud800","lines":[]}`, 400, 'malformed'],
      ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400, 'malformed'],
      ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 400, 'malformed'],
      ['deep nesting in free data', deep, 413, 'payload_too_large'],
      [
        'deep nesting, short',
        `{"attributes":${'['.repeat(5000)}${']'.repeat(5000)}}`,
        400,
        'validation_failed',
      ],
      ['deep nesting, unclosed', '['.repeat(19_000), 400, 'malformed'],
      [
        'an oversized body',
        { ...ticket, attributes: { a: 'x'.repeat(30_000) } },
        413,
        'payload_too_large',
      ],
    ];
    it.each(cases)('%s is refused and never handled', async (...[, body, status, code]) => {
      const answer = await post(body);
      expect(answer.json).toMatchObject({ status, code });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.json).toEqual(
        expect.objectContaining({
          type: `urn:fidelis:problem:${code}`,
          title: expect.any(String),
          detail: expect.any(String),
          instance: '/v1/transactions',
          requestId: answer.headers.get('x-request-id'),
        }),
      );
      expect(seen.handled).toBe(0);
    });

    it('is told where and why', async () => {
      const answer = await post({
        lines: [
          { sku: 'a', amount: 1 },
          { sku: '', amount: 'x' },
        ],
        more: 1,
      });
      expect(answer.json.errors).toEqual(
        expect.arrayContaining([
          { pointer: '/more', code: 'unknown_field', detail: 'more is not known here' },
          { pointer: '/transactionId', code: 'required', detail: 'transactionId is required' },
          {
            pointer: '/lines/1/sku',
            code: 'text',
            detail: 'sku must be a text of 1 to 20 characters',
          },
          {
            pointer: '/lines/1/amount',
            code: 'signed_amount',
            detail: 'amount must be a whole number of minor units',
          },
        ]),
      );
      expect(answer.json.errors).toHaveLength(4);
    });

    it.each([
      ['another content type', { 'content-type': 'text/plain' }],
      ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['no content type that can be read', { 'content-type': ';;' }],
      ['another charset', { 'content-type': 'application/json; charset=latin1' }],
      ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    ])('%s is 415', async (_, headers) => {
      const answer = await post('{}', { headers });
      expect(answer.json).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    });

    it.each([
      ['/v1/accounts?limit=0', 400, 'validation_failed'],
      ['/v1/accounts?limit=abc', 400, 'validation_failed'],
      ['/v1/accounts?limit=1&limit=2', 400, 'validation_failed'],
      ['/v1/accounts?fresh=perhaps', 400, 'validation_failed'],
      ['/v1/participants/a%00b', 400, 'malformed'],
      ['/v1/participants/%E0%A4%A', 400, 'malformed'],
      ['/v1/nowhere', 404, 'not_found'],
      ['/', 404, 'not_found'],
    ])('GET %s is refused with a problem', async (path, status, code) => {
      const answer = await send({ path });
      expect(answer.json).toMatchObject({ status, code });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    });

    it('a path parameter that is too long is 414', async () => {
      const answer = await send({ path: `/v1/participants/${'x'.repeat(2000)}` });
      expect(answer.json).toMatchObject({ status: 414, code: 'uri_too_long' });
    });

    it('shows no words of the router or of a stack', async () => {
      const answer = await send({ path: '/v1/broken/typo' });
      expect(answer.json).toMatchObject({ status: 500, code: 'internal_error' });
      expect(answer.text).not.toMatch(/secret|stack|TypeError|\.ts/);
      expect(seen.logged.at(-1)).toMatchObject({
        err: expect.any(TypeError),
        route: '/v1/broken/:how',
      });
    });

    it('an upload that is too large is answered before its connection closes', async () => {
      const head =
        'POST /v1/transactions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer pos-key\r\n' +
        `content-type: application/json\r\ncontent-length: 4000000\r\n\r\n`;
      const answer = await new Promise<string>((resolve, reject) => {
        let text = '';
        const socket = connect(server.port, '127.0.0.1', () => {
          socket.write(head);
          for (let i = 0; i < 4; i += 1) socket.write(Buffer.alloc(1_000_000, 0x20));
        });
        socket.on('data', (chunk) => {
          text += chunk.toString();
          if (text.endsWith('}')) socket.end();
        });
        socket.on('error', reject);
        socket.on('close', () => {
          resolve(text);
        });
      });
      expect(answer).toContain('HTTP/1.1 413');
      expect(answer).toContain('payload_too_large');
    });

    it('a type of streams without a body is no body', async () => {
      const headers = { 'content-type': 'application/x-ndjson', 'content-length': '0' };
      const answer = await post('', { headers });
      expect(answer.json).toMatchObject({ status: 400, code: 'validation_failed' });
      expect(answer.text).not.toContain('_events');
    });

    it('UTF-8 may be named', async () => {
      const headers = { 'content-type': 'Application/JSON; Charset="utf-8"' };
      expect((await post(JSON.stringify(ticket), { headers })).status).toBe(201);
    });

    const raw = (bytes: string): Promise<string> =>
      new Promise((resolve) => {
        let text = '';
        const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
        socket.on('data', (chunk) => (text += chunk.toString()));
        socket.on('close', () => {
          resolve(text);
        });
      });
    const auth = 'host: x\r\nauthorization: Bearer pos-key\r\nconnection: close\r\n';
    const long = `x-long: ${'x'.repeat(40_000)}\r\n`;

    it.each([
      ['bytes that are no HTTP', 'rubbish\r\n\r\n', 400, 'malformed', '/'],
      [
        'a bad header',
        `GET /v1/accounts?a=1 HTTP/1.1\r\nbad\r\n\r\n`,
        400,
        'malformed',
        '/v1/accounts',
      ],
      [
        'long headers',
        `GET /v1/accounts HTTP/1.1\r\n${long}\r\n`,
        431,
        'headers_too_large',
        '/v1/accounts',
      ],
      ['a CONNECT', 'CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n', 405, 'method_not_allowed', 'x:80'],
      [
        'an expectation',
        `POST /v1/transactions HTTP/1.1\r\n${auth}expect: tea\r\ncontent-length: 0\r\n\r\n`,
        417,
        'expectation_failed',
        '/v1/transactions',
      ],
    ])('%s gets a problem too', async (...[, bytes, status, code, instance]) => {
      const answer = await raw(bytes);
      expect(answer).toContain(`HTTP/1.1 ${status} `);
      expect(answer).toContain('content-type: application/problem+json');
      const body = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
      expect(body).toMatchObject({ status, code, instance, requestId: expect.any(String) });
    });

    it('a CONNECT whose sender is gone before the answer ends nothing', async () => {
      for (let n = 0; n < 20; n += 1) {
        await new Promise<void>((resolve) => {
          const socket = connect(server.port, '127.0.0.1', () => {
            socket.write('CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n', () =>
              socket.resetAndDestroy(),
            );
          });
          socket.on('error', () => undefined);
          socket.on('close', () => {
            resolve();
          });
        });
      }
      expect((await post(ticket)).status).toBeLessThan(300);
    });

    it('a dry run of what cannot be rehearsed is refused and never handled', async () => {
      for (const query of ['dryRun=true', 'dryRun=1', 'dryRun']) {
        const answer = await post(ticket, { path: `/v1/transactions?${query}` });
        expect([answer.status, answer.json.code]).toEqual([400, 'validation_failed']);
      }
      expect(seen.handled).toBe(0);
    });
  });
});

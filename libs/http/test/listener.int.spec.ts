import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as ask, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { MessageChannel } from 'node:worker_threads';
import { listenInThread } from '../src/index';
import { Listener } from '../src/listener/listener';
import type { FromListener } from '../src/listener/protocol';
import { Slots } from '../src/listener/slots';
import { createTestApp, seen, send, slowAnswers, startTestApp, type TestApp } from './test-app';

let server: TestApp;

beforeEach(async () => {
  server = await startTestApp('in a thread');
  seen.handled = 0;
});

afterEach(() => server.close());

const credit = (accountId: string, key: string) =>
  send(server.port, {
    path: `/v1/accounts/${accountId}/credits`,
    headers: { 'idempotency-key': key },
    body: { points: 5 },
  });

async function untilHandled(count: number): Promise<void> {
  while (seen.handled < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Sends bytes as they are and reads until the server has nothing more to say for a while. */
async function exchange(bytes: string, isDone: (answers: string) => boolean): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  let answers = '';
  socket.on('data', (chunk) => (answers += chunk.toString()));
  socket.write(bytes);
  while (!isDone(answers)) await once(socket, 'data');
  socket.destroy();
  return answers;
}

describe('a thread that listens for the application', () => {
  it('answers requests that were sent without waiting in their order', async () => {
    const get = (id: string) =>
      `GET /v1/participants/${id} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin-key\r\n\r\n`;
    const answers = await exchange(get('a') + get('nobody') + get('c'), (all) =>
      all.includes('{"id":"c"}'),
    );
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 203',
      'HTTP/1.1 404',
      'HTTP/1.1 203',
    ]);
  });

  it('answers a burst of many turns, each request once and in its order', async () => {
    const ids = Array.from({ length: 50 }, (_, n) => `p${n}`);
    const get = (id: string) =>
      `GET /v1/participants/${id} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin-key\r\n\r\n`;
    const answers = await exchange(ids.map(get).join(''), (all) => all.includes('{"id":"p49"}'));
    expect(answers.match(/"id":"p\d+"/g)).toEqual(ids.map((id) => `"id":"${id}"`));
  });

  it('answers all of a burst that it closes upon', async () => {
    const answers = Array.from({ length: 100 }, (_, n) => credit(`burst-${n}`, `burst-${n}`));
    await untilHandled(1);
    const closed = server.close();
    const statuses = (await Promise.allSettled(answers)).map((answer) =>
      answer.status === 'fulfilled' ? answer.value.status : 'not connected',
    );
    const credited = statuses.filter((status) => status === 201).length;
    expect(credited).toBe(seen.handled);
    const expected: unknown[] = [201, 503, 'not connected'];
    expect(statuses.filter((status) => !expected.includes(status))).toEqual([]);
    await closed;
    server = await startTestApp('in a thread');
  });

  it('forgets who has gone before the answer, and answers the others', async () => {
    const path = '/v1/accounts/slow/credits';
    const gone = ask({
      ...{ host: '127.0.0.1', port: server.port, method: 'POST', path },
      headers: {
        ...{ authorization: 'Bearer admin-key', 'content-type': 'application/json' },
        'idempotency-key': 'gone',
      },
    }).on('error', () => undefined);
    gone.end('{"points":5}');
    await untilHandled(1);
    gone.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    seen.release?.();
    expect((await credit('other', 'here')).status).toBe(201);
  });

  it('takes a stream as one, however its path is written', async () => {
    for (const path of ['/v1/imports', '/v1/%69mports', '/v1/imports?x=%2F', '/v1/imports#top']) {
      const answer = await exchange(
        `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer pos-key\r\n` +
          'content-type: application/x-ndjson\r\ncontent-length: 12\r\n\r\n{"points":7}',
        (all) => all.endsWith('\r\n0\r\n\r\n'),
      );
      expect(answer).toContain('{"number":1,"points":7}');
    }
  });

  it('cuts an answer that is under way when its request turns into garbage', async () => {
    const head =
      'POST /v1/imports HTTP/1.1\r\nhost: x\r\nauthorization: Bearer pos-key\r\n' +
      'content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n';
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.write(`${head}d\r\n{"points":7}\n\r\n`);
    while (!answer.includes('"points":7')) await once(socket, 'data');
    socket.write('ZZ\r\n');
    await once(socket, 'close');
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });

  it('goes on with a connection whose upload was refused before its end', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = async (path: string, body: Buffer): Promise<string> => {
      const request = ask({
        ...{ host: '127.0.0.1', port: server.port, agent, method: 'POST', path },
        headers: {
          ...{ authorization: 'Bearer pos-key', 'content-type': 'application/json' },
          'content-length': body.length,
        },
      });
      request.end(body);
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      return `${String(answer.statusCode)} ${await text(answer)}`;
    };
    const large = Buffer.alloc(8 * 1024 * 1024, ' ');
    const ticket = Buffer.from('{"transactionId":"1","lines":[]}');
    expect(await post('/v1/transactions', large)).toMatch(/^413 .*payload_too_large/);
    expect(await post('/v1/transactions', ticket)).toMatch(/^201 /);
    agent.destroy();
  });

  it('lets running requests end and begins no new ones once it closes', async () => {
    const post = (account: string, key: string) =>
      `POST /v1/accounts/${account}/credits HTTP/1.1\r\nhost: x\r\n` +
      `authorization: Bearer admin-key\r\nidempotency-key: ${key}\r\n` +
      'content-type: application/json\r\ncontent-length: 12\r\n\r\n{"points":5}';
    const socket = connect(server.port, '127.0.0.1');
    socket.write(post('slow', 'k-1') + post('other', 'k-2'));
    await untilHandled(2);
    const closed = server.close();
    await expect(send(server.port, { path: '/v1/accounts' })).rejects.toThrow();
    socket.write(post('late', 'k-3'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen.release?.();
    const answers = await text(socket);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 201',
      'HTTP/1.1 201',
      'HTTP/1.1 503',
    ]);
    expect(answers).toContain('retry-after: 1');
    expect(seen.handled).toBe(2);
    await closed;
    server = await startTestApp('in a thread');
  });

  it('sees a length behind a thousand other headers, and takes no body for a request', async () => {
    const inner =
      'POST /v1/transactions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer pos-key\r\n' +
      'content-type: application/json\r\ncontent-length: 32\r\n\r\n{"transactionId":"1","lines":[]}';
    const many = 'a:b\r\n'.repeat(1100);
    for (const method of ['GET', 'DELETE', 'POST']) {
      for (const framing of [
        `content-length: ${inner.length}\r\n\r\n${inner}`,
        `transfer-encoding: chunked\r\n\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`,
      ]) {
        const outer = `${method} /nowhere HTTP/1.1\r\nhost: x\r\n${many}${framing}`;
        const answers = await exchange(outer, (all) => all.includes('}'));
        expect(answers.match(/HTTP\/1\.1 \d+/g)).toHaveLength(1);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen.handled).toBe(0);
  });

  it.each([
    ['is cut', (socket: Socket) => socket.destroy()],
    ['is closed by the client', (socket: Socket) => socket.end()],
  ])('lets streams go whose connection %s, also those that waited in line', async (_, leave) => {
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET /v1/ticks HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(3));
    while (seen.following < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    leave(socket);
    while (seen.following > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
  });

  it('answers who closes behind the request', async () => {
    for (const path of ['/v1/participants/ann', '/nowhere']) {
      const socket = connect(server.port, '127.0.0.1');
      socket.end(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin-key\r\n\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 (203|404) /);
    }
  });

  it('refuses HTTP/1.1 without a host in words', async () => {
    const answer = await exchange('GET /v1/accounts HTTP/1.1\r\n\r\n', (all) => all.includes('}'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*"code":"malformed"/);
  });

  it('relays what HTTP/1.0 and bodiless requests leave out', async () => {
    const bare = 'POST /v1/imports HTTP/1.0\r\nauthorization: Bearer pos-key\r\n\r\n';
    const answer = await exchange(bare, (all) => all.includes('}'));
    expect(answer).toContain('HTTP/1.1 400');
    expect(answer).toContain('the body must be NDJSON');
  });

  it('keeps the answer of a slow store under the right request', async () => {
    await server.close();
    server = await startTestApp('in a thread', slowAnswers());
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => credit(name, `k-${name}`)));
    expect(answers.map(({ status, json }) => [status, json.accountId])).toEqual([
      [201, 'a'],
      [201, 'b'],
      [201, 'c'],
    ]);
  });

  it('answers 500 for a header that HTTP cannot carry', async () => {
    const path = `/v1/participants/${encodeURIComponent('łódź')}`;
    const answer = await send(server.port, { path });
    expect([answer.status, seen.defects]).toEqual([500, []]);
    expect((await send(server.port, { path: '/v1/participants/ann' })).status).toBe(203);
  });

  it('says why it cannot listen', async () => {
    const { port, routes } = server;
    const app = await createTestApp();
    const onFatal = jest.fn();
    const listening = listenInThread(app, { host: '127.0.0.1', port, routes, onFatal });
    await expect(listening).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await app.close();
    expect(onFatal).not.toHaveBeenCalled();
  });
});

it('the thread loads neither Nest nor Fastify: a starting process waits for it', () => {
  const program = join(__dirname, '..', 'dist', 'listener', 'listener.js');
  const code = `require(${JSON.stringify(program)}); console.log(Object.keys(require.cache).join())`;
  const loaded = execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  expect(loaded).toContain('relay.js');
  expect(loaded).not.toMatch(/node_modules.(@nestjs|fastify)/);
});

it('refuses what comes while ten thousand requests wait for their answers', async () => {
  const { port1, port2 } = new MessageChannel();
  const told = (): Promise<FromListener> =>
    once(port1, 'message').then(([message]) => message as FromListener);
  const listening = told();
  void new Listener(port2, {
    ...{ host: '127.0.0.1', port: 0, keepAliveMs: 5_000, headersMs: 5_000 },
    ...{ behind: { host: '127.0.0.1', port: 1 }, streamed: [], wholeBytesMax: 1_000 },
  }).listen();
  const message = await listening;
  const port = Number(new URL(message.kind === 'listening' ? message.url : '').port);
  const get = 'GET /v1/things HTTP/1.1\r\nhost: x\r\n\r\n';
  const handedOn: number[] = [];
  port1.on('message', (more: FromListener) => {
    if (more.kind === 'requests') handedOn.push(...more.requests.map(([id]) => id));
  });
  const many = connect(port, '127.0.0.1', () => many.write(get.repeat(10_000)));
  while (handedOn.length < 10_000) await new Promise((resolve) => setTimeout(resolve, 10));
  const late = connect(port, '127.0.0.1', () => late.end(get));
  expect(await text(late)).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1/);
  expect(handedOn).toHaveLength(10_000);
  many.destroy();
  port1.postMessage({ kind: 'answers', answers: handedOn.map((id) => [id, 204, {}, undefined]) });
  port1.postMessage({ kind: 'close' });
  await once(port1, 'close');
});

describe('slots', () => {
  it('give a number again once its thing was taken', () => {
    const slots = new Slots<string>();
    expect([slots.put('a'), slots.put('b')]).toEqual([0, 1]);
    expect(slots.take(0)).toBe('a');
    expect(slots.put('c')).toBe(0);
    expect([slots.take(1), slots.take(0)]).toEqual(['b', 'c']);
  });
});

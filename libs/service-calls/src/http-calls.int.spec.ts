import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineCall } from '@fidelis/contracts';
import { OperationalError } from '@fidelis/kernel';
import { HttpCalls } from './http-calls';

const Greet = defineCall<{ readonly accountId?: string }, { readonly from: string }>(
  'accounts',
  'greet',
);

type Behaviour = 'answers' | 'breaks' | 'is-silent' | 'refuses' | 'shuts-down';

describe('calls over HTTP to replicas', () => {
  const open: Server[] = [];
  const asked: string[] = [];

  const replica = async (name: string, behaviour: Behaviour = 'answers'): Promise<string> => {
    const server = createServer((request, response) => {
      asked.push(`${name} ${request.headers.authorization ?? ''}`);
      if (behaviour === 'breaks') request.socket.destroy();
      if (behaviour === 'refuses') response.writeHead(503).end('busy');
      if (behaviour === 'shuts-down') {
        response.writeHead(503, { 'x-fidelis-not-begun': '1' }).end('shutting down');
      }
      if (behaviour === 'answers') response.end(JSON.stringify({ from: name }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  const callers: HttpCalls[] = [];
  const callsTo = (...urls: readonly string[]): HttpCalls => {
    const calls = new HttpCalls({ urlsOf: () => urls, secret: 'secret' });
    callers.push(calls);
    return calls;
  };

  afterEach(async () => {
    for (const server of open.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
    await Promise.all(callers.splice(0).map((calls) => calls.close()));
    asked.length = 0;
  });

  it('go round the replicas', async () => {
    const calls = callsTo(await replica('a'), await replica('b'));
    const from = [await calls.call(Greet, {}), await calls.call(Greet, {})].map((one) => one.from);
    expect(from.sort()).toEqual(['a', 'b']);
    expect(asked).toContain('a Bearer secret');
  });

  it('about one account go to one replica', async () => {
    const calls = callsTo(await replica('a'), await replica('b'));
    const first = await calls.call(Greet, { accountId: 'ann' });
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await calls.call(Greet, { accountId: 'ann' })).toEqual(first);
    }
  });

  it('go to the next replica when one is away or breaks off', async () => {
    const calls = callsTo('http://127.0.0.1:1', await replica('b', 'breaks'), await replica('c'));
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await calls.call(Greet, {})).toEqual({ from: 'c' });
    }
    // One that could not be reached is not asked again while another one answers.
    expect(asked.filter((line) => line.startsWith('b')).length).toBeLessThanOrEqual(1);
  });

  it('go to the next replica when one is shutting down and did not begin', async () => {
    const calls = callsTo(await replica('a', 'shuts-down'), await replica('b'));
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await calls.call(Greet, {})).toEqual({ from: 'b' });
    }
  });

  it('go to the next replica, in time, when one lives but does not answer', async () => {
    const calls = callsTo(await replica('a', 'is-silent'), await replica('b'));
    const answers = Array.from({ length: 4 }, () => calls.call(Greet, {}, { deadlineMs: 400 }));
    expect((await Promise.all(answers)).map(({ from }) => from)).toEqual(['b', 'b', 'b', 'b']);
    asked.length = 0;
    await calls.call(Greet, {});
    await calls.call(Greet, {});
    // It is left alone for a moment.
    expect(asked.every((line) => line.startsWith('b'))).toBe(true);
  });

  it('have an unknown outcome when nobody answers in time', async () => {
    const calls = callsTo(await replica('a', 'is-silent'));
    const failed = calls.call(Greet, {}, { deadlineMs: 50 });
    await expect(failed).rejects.toMatchObject({ outcomeUnknown: true });
    await expect(failed).rejects.toBeInstanceOf(OperationalError);
  });

  it('are not repeated elsewhere when a replica has said that it cannot', async () => {
    const calls = callsTo(await replica('a', 'refuses'), await replica('b', 'refuses'));
    await expect(calls.call(Greet, {})).rejects.toMatchObject({ outcomeUnknown: true });
    expect(asked).toHaveLength(1);
  });
});

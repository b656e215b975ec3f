import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineCall } from '@fidelis/contracts';
import { OperationalError } from '@fidelis/kernel';
import { HttpCalls } from './http-calls';

const Greet = defineCall<{ readonly accountId?: string }, { readonly from: string }>(
  'accounts',
  'greet',
  { about: ({ accountId }) => accountId },
);

/** More than it takes to find out that a replica is silent, and to avoid it. */
const THINKS_MS = 3000;

const withHeader = (value: string) => ({ 'x-fidelis-not-begun': value });

/** What a replica may do with a call. */
const behaviours = {
  answers: (response: ServerResponse, from: string) => response.end(JSON.stringify({ from })),
  thinks: (response: ServerResponse, from: string) =>
    setTimeout(() => response.end(JSON.stringify({ from })), THINKS_MS),
  breaks: (response: ServerResponse) => response.socket?.destroy(),
  'is-silent': () => undefined,
  refuses: (response: ServerResponse) => response.writeHead(503).end('busy'),
  'shuts-down': (response: ServerResponse) => response.writeHead(503, withHeader('1')).end('bye'),
  'is-older': (response: ServerResponse) =>
    response.writeHead(404, withHeader('no-endpoint')).end('unknown'),
};

type Behaviour = keyof typeof behaviours;

describe('calls over HTTP to replicas', () => {
  const open: Server[] = [];
  const asked: string[] = [];

  /** Until told otherwise each does what it was made for. */
  const told = new Map<string, Behaviour>();

  const replica = async (name: string, made: Behaviour = 'answers'): Promise<string> => {
    const server = createServer((request, response) => {
      const behaviour = told.get(name) ?? made;
      if (request.url === '/health/live') {
        if (behaviour !== 'is-silent') response.end('{}');
        return;
      }
      asked.push(`${name} ${request.headers.authorization ?? ''}`);
      behaviours[behaviour](response, name);
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
    told.clear();
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

  it('about many accounts are shared by all; one that is away loses its own to all others', async () => {
    const urls = [await replica('a'), await replica('b'), await replica('c')];
    const calls = callsTo(...urls);
    const accounts = Array.from({ length: 300 }, (_, n) => `01J5ACCOUNT${n}`);
    const homesNow = async () => {
      const homes = new Map<string, string>();
      for (const accountId of accounts) {
        homes.set(accountId, (await calls.call(Greet, { accountId })).from);
      }
      return homes;
    };
    const before = await homesNow();
    const countOf = (homes: ReadonlyMap<string, string>, name: string) =>
      [...homes.values()].filter((home) => home === name).length;
    // A third each would be 100.
    for (const name of ['a', 'b', 'c']) expect(countOf(before, name)).toBeGreaterThan(50);
    told.set('a', 'breaks');
    const after = await homesNow();
    expect(countOf(after, 'a')).toBe(0);
    for (const [accountId, home] of before) {
      if (home !== 'a') expect(after.get(accountId)).toBe(home);
    }
    // Half of what it had, each: about 50.
    for (const name of ['b', 'c']) {
      expect(countOf(after, name) - countOf(before, name)).toBeGreaterThan(10);
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

  it('that a replica does not know yet go to the next one, and others still to it', async () => {
    const calls = callsTo(await replica('a', 'is-older'), await replica('b'));
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await calls.call(Greet, {})).toEqual({ from: 'b' });
    }
    told.set('a', 'answers');
    const from = [await calls.call(Greet, {}), await calls.call(Greet, {})].map((one) => one.from);
    expect(from.sort()).toEqual(['a', 'b']);
  });

  it('go to the next replica, in time, when one lives but does not answer', async () => {
    const calls = callsTo(await replica('a', 'is-silent'), await replica('b'));
    const answers = Array.from({ length: 4 }, () => calls.call(Greet, {}, { deadlineMs: 3000 }));
    expect((await Promise.all(answers)).map(({ from }) => from)).toEqual(['b', 'b', 'b', 'b']);
    asked.length = 0;
    await calls.call(Greet, {});
    await calls.call(Greet, {});
    // It is left alone for a moment.
    expect(asked.every((line) => line.startsWith('b'))).toBe(true);
  });

  it('leave a silent replica alone until it lives again, with nothing risked on it', async () => {
    const calls = callsTo(await replica('a', 'is-silent'), await replica('b'));
    const first = [calls.call(Greet, {}), calls.call(Greet, {})];
    expect((await Promise.all(first)).map(({ from }) => from)).toEqual(['b', 'b']);
    asked.length = 0;
    // For longer than it is avoided without a question.
    for (const end = performance.now() + 3000; performance.now() < end;) {
      await calls.call(Greet, {});
      await sleep(20);
    }
    expect(asked.filter((line) => line.startsWith('a'))).toEqual([]);
    told.set('a', 'answers');
    const until = performance.now() + 10_000;
    while ((await calls.call(Greet, {})).from !== 'a') {
      expect(performance.now()).toBeLessThan(until);
      await sleep(20);
    }
  });

  it('wait for a replica that lives and thinks', async () => {
    const calls = callsTo(await replica('a', 'thinks'), await replica('b', 'thinks'));
    await calls.call(Greet, {}, { deadlineMs: 20_000 });
    expect(asked).toHaveLength(1);
  });

  it('have an unknown outcome when nobody answers in time', async () => {
    const calls = callsTo(await replica('a', 'is-silent'));
    const failed = calls.call(Greet, {}, { deadlineMs: 50 });
    await expect(failed).rejects.toMatchObject({ outcomeUnknown: true });
    await expect(failed).rejects.toBeInstanceOf(OperationalError);
  });

  it('have an unknown outcome when one broke off, though the other did not begin', async () => {
    const calls = callsTo(await replica('a', 'breaks'), await replica('b', 'shuts-down'));
    const failed = await Promise.allSettled([calls.call(Greet, {}), calls.call(Greet, {})]);
    const unknown = { status: 'rejected', reason: { outcomeUnknown: true } };
    expect(failed).toMatchObject([unknown, unknown]);
  });

  it('are not repeated elsewhere when a replica has said that it cannot', async () => {
    const calls = callsTo(await replica('a', 'refuses'), await replica('b', 'refuses'));
    await expect(calls.call(Greet, {})).rejects.toMatchObject({ outcomeUnknown: true });
    expect(asked).toHaveLength(1);
  });
});

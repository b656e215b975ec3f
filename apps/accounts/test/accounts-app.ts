import { Module, type LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Kysely } from 'kysely';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageContract } from '@fidelis/contracts';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { createEdgeApp, MemoryIdempotencyStore, RouteTable, type Caller } from '@fidelis/http';
import { addMs, type Clock, type Instant } from '@fidelis/kernel';
import { BusServer } from '@fidelis/messaging';
import { MemoryBus } from '@fidelis/messaging-memory';
import { openSqliteReadModel } from '@fidelis/read-model';
import { CallTable, DirectCalls } from '@fidelis/service-calls';
import { Platform, RuntimeRegistry } from '@fidelis/service';
import { AccountsModule } from '../src/accounts.module';
import { AccountsService } from '../src/accounts.service';
import { FakeEarning } from './fake-earning';

export const START_OF_TEST: Instant = '2026-11-22T10:00:00.000Z';

export class TestClock implements Clock {
  private current = START_OF_TEST;

  now(): Instant {
    return this.current;
  }

  pass(ms: number): void {
    this.current = addMs(this.current, ms);
  }
}

export interface Answer {
  readonly status: number;
  // The specs say what they expect of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

type Method = 'GET' | 'POST' | 'PATCH';

interface Sent {
  readonly body?: object | string;
  readonly key?: string;
  readonly as?: string;
}

export interface TestApp {
  readonly service: AccountsService;
  readonly earning: FakeEarning;
  readonly clock: TestClock;
  readonly calls: DirectCalls;
  readonly bus: MemoryBus;
  readonly errors: unknown[];
  send(method: Method, path: string, more?: Sent): Promise<Answer>;
  /** Puts a message of an account on its topic. */
  publish<Data>(contract: MessageContract<Data>, accountId: string, data: Data): void;
  /** Registers somebody and gives the account's id. */
  enrolled(externalId: string): Promise<string>;
  close(): Promise<void>;
}

const quiet: LoggerService = {
  log: () => undefined,
  warn: () => undefined,
  error: (message: unknown) => {
    throw new Error(String(message));
  },
};

/** The service behind the real edge, on memory and a folder of its own, beside a fake earning. */
export async function startAccounts(): Promise<TestApp> {
  const clock = new TestClock();
  const eventStore = new MemoryEventStore();
  const callTable = new CallTable();
  const calls = new DirectCalls(callTable);
  const earning = new FakeEarning();
  earning.answer(callTable, calls);
  const db = openSqliteReadModel<unknown>({ file: ':memory:' });
  const dataDir = mkdtempSync(join(tmpdir(), 'fidelis-accounts-'));
  const errors: unknown[] = [];
  let published = 0;
  const bus = new MemoryBus({
    delivery: { backOffFirstMs: 1, backOffMaxMs: 2 },
    onProblem: (problem) => errors.push(problem),
    onDefect: (error) => errors.push(error),
  });
  const platform: Platform = {
    clock,
    eventStore,
    calls,
    callTable,
    bus,
    readModel: <Tables>() => db as unknown as Kysely<Tables>,
    dataDir,
    runtimes: new RuntimeRegistry(),
    onBackgroundError: (_where, error) => errors.push(error),
  };
  const app = await createEdgeApp(rootOf(platform), {
    authenticator: { authenticate: callerOfToken },
    idempotency: new MemoryIdempotencyStore(),
    clock,
    log: { warn: () => undefined, error: (...error: unknown[]) => errors.push(error) },
    nestLogger: quiet,
    onDefect: (error) => errors.push(error),
    routes: new RouteTable(),
  });
  app.connectMicroservice({ strategy: new BusServer(bus) });
  await app.startAllMicroservices();
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const sender: TestApp['send'] = (method, path, sent = {}) => send(app, { method, path, ...sent });
  return {
    service: app.get(AccountsService),
    ...{ earning, clock, calls, bus, errors },
    send: sender,
    publish: ({ type, topic }, key, data) => {
      published += 1;
      const place = { key, aggregate: `membership-${key}`, revision: published };
      const at = { source: '/earning', time: clock.now(), id: `m-${published}` };
      bus.publish({ type, topic, data, ...place, ...at });
    },
    enrolled: async (externalId) => {
      const answer = await sender('POST', '/participants', { body: { externalId, name: 'Ann' } });
      return answer.body.accounts[0].id as string;
    },
    close: async () => {
      await app.close();
      await db.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function rootOf(platform: Platform) {
  @Module({})
  class Host {}
  @Module({})
  class Root {}
  const providers = [{ provide: Platform, useValue: platform }];
  const host = { module: Host, global: true, providers, exports: [Platform] };
  return { module: Root, imports: [host, AccountsModule] };
}

/** `admin`, `pos`, or `participant:<id>`. */
function callerOfToken(token: string): Caller | undefined {
  const [role, participantId] = token.split(':');
  if (role === 'admin' || role === 'pos') {
    return { keyId: role, roles: [role], actor: `key:${role}` };
  }
  if (role !== 'participant' || participantId === undefined) return undefined;
  return { keyId: token, roles: [role], participantId, actor: token };
}

async function send(
  app: NestFastifyApplication,
  { method, path, body, key, as = 'admin' }: Sent & { method: Method; path: string },
): Promise<Answer> {
  const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json';
  const response = await app.inject({
    method,
    url: `/v1${path}`,
    headers: {
      authorization: `Bearer ${as}`,
      ...(body !== undefined && { 'content-type': type }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body !== undefined && { payload: body }),
  });
  const text = response.body;
  const lines = typeof body === 'string' && response.statusCode === 200;
  if (lines) {
    return {
      status: 200,
      body: text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    };
  }
  return { status: response.statusCode, body: text === '' ? undefined : JSON.parse(text) };
}

import { Module, type LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Kysely } from 'kysely';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { createEdgeApp, MemoryIdempotencyStore, RouteTable, type Caller } from '@fidelis/http';
import { addMs, type Clock, type Instant } from '@fidelis/kernel';
import { BusServer } from '@fidelis/messaging';
import { MemoryBus } from '@fidelis/messaging-memory';
import { openSqliteReadModel } from '@fidelis/read-model';
import { CallTable, DirectCalls } from '@fidelis/service-calls';
import { Platform, RuntimeRegistry } from '@fidelis/service';
import { Earning } from '../src/earning';
import { EarningModule } from '../src/earning.module';
import { FakeNeighbours } from './fake-neighbours';

export const START_OF_TEST: Instant = '2026-11-22T10:00:05.000Z';

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

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly earning: Earning;
  readonly platform: Platform;
  readonly neighbours: FakeNeighbours;
  readonly clock: TestClock;
  readonly eventStore: MemoryEventStore;
  readonly bus: MemoryBus;
  readonly routes: RouteTable;
  readonly calls: DirectCalls;
  readonly errors: unknown[];
  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, more?: Sent): Promise<Answer>;
  /** Does what is due now. */
  runDue(): Promise<void>;
  close(): Promise<void>;
}

interface Sent {
  readonly body?: object;
  readonly key?: string;
  readonly as?: string;
  readonly lines?: readonly object[];
}

const quiet: LoggerService = {
  log: () => undefined,
  warn: () => undefined,
  error: (message: unknown) => {
    throw new Error(String(message));
  },
};

/** With `before`: the same stream of events, begun again after a crash. The service behind the real edge, on memory, beside hand-written neighbours. */
export async function startEarning(before?: TestApp): Promise<TestApp> {
  const clock = before?.clock ?? new TestClock();
  const eventStore = before?.eventStore ?? new MemoryEventStore();
  const callTable = new CallTable();
  const calls = new DirectCalls(callTable);
  const neighbours = before?.neighbours ?? new FakeNeighbours();
  neighbours.answer(callTable);
  const db = openSqliteReadModel<unknown>({ file: ':memory:' });
  const errors: unknown[] = [];
  const routes = new RouteTable();
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
    dataDir: '',
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
    routes,
  });
  app.connectMicroservice({ strategy: new BusServer(bus) });
  await app.startAllMicroservices();
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    earning: app.get(Earning),
    platform,
    neighbours,
    clock,
    eventStore,
    bus,
    routes,
    calls,
    errors,
    send: (method, path, sent = {}) => send(app, { method, path, ...sent }),
    runDue: async () => {
      for (const running of platform.runtimes.all()) await running.runDue(clock.now());
    },
    close: async () => {
      await app.close();
      await db.destroy();
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
  return { module: Root, imports: [host, EarningModule] };
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
  {
    method,
    path,
    body,
    key,
    lines,
    as = 'admin',
  }: Sent & { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string },
): Promise<Answer> {
  const payload = lines?.map((line) => JSON.stringify(line)).join('\n') ?? body;
  const response = await app.inject({
    method,
    url: `/v1${path}`,
    headers: {
      authorization: `Bearer ${as}`,
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(lines !== undefined && { 'content-type': 'application/x-ndjson' }),
    },
    ...(payload !== undefined && { payload }),
  });
  const text = response.body;
  if (lines !== undefined) {
    const answers = text.split('\n').filter((line) => line !== '');
    return { status: response.statusCode, body: answers.map((line) => JSON.parse(line)) };
  }
  return { status: response.statusCode, body: text === '' ? undefined : JSON.parse(text) };
}

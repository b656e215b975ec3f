import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { vendorsPublisher } from '../src/outbound/vendors.publisher';
import { VendorsModule } from '../src/vendors.module';
import { FakePurchases, FakePurchasesConsumer } from './fake-purchases';

export const MINUTE = 60_000;

export class TestClock implements Clock {
  private current: Instant = '2026-11-23T10:00:00.000Z';

  now(): Instant {
    return this.current;
  }

  pass(ms: number): void {
    this.current = addMs(this.current, ms);
  }
}

export interface Answer {
  readonly status: number;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

interface Sent {
  readonly body?: object | string;
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly purchases: FakePurchases;
  readonly eventStore: MemoryEventStore;
  readonly calls: DirectCalls;
  readonly clock: TestClock;
  readonly errors: unknown[];
  send(method: 'GET' | 'POST' | 'PUT', path: string, more?: Sent): Promise<Answer>;
  /** Moves the clock and does what is due then. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const quiet: LoggerService = {
  log: () => undefined,
  warn: () => undefined,
  error: (message: unknown) => {
    throw new Error(String(message));
  },
};

/** The service behind the real edge, on memory, beside hand-written neighbours. */
export async function startVendors(): Promise<TestApp> {
  const clock = new TestClock();
  const eventStore = new MemoryEventStore();
  const callTable = new CallTable();
  const calls = new DirectCalls(callTable);
  const purchases = new FakePurchases();
  purchases.answer(callTable);
  const db = openSqliteReadModel<unknown>({ file: ':memory:' });
  const dataDir = mkdtempSync(join(tmpdir(), 'fidelis-vendors-'));
  const errors: unknown[] = [];
  const bus = new MemoryBus({
    store: eventStore,
    publishers: [vendorsPublisher],
    delivery: { backOffFirstMs: 1, backOffMaxMs: 5 },
    onDefect: (error) => errors.push(error),
  });
  purchases.speakOn(bus);
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
  const app = await createEdgeApp(rootOf(platform, purchases), {
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
  return {
    app,
    purchases,
    eventStore,
    calls,
    clock,
    errors,
    send: (method, path, sent = {}) => send(app, { method, path, ...sent }),
    pass: async (ms) => {
      clock.pass(ms);
      for (const running of platform.runtimes.all()) await running.runDue(clock.now());
    },
    close: async () => {
      await app.close();
      await db.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function eventually(is: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 4000;
  while (!(await is())) {
    if (performance.now() > giveUpAt) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function rootOf(platform: Platform, purchases: FakePurchases) {
  @Module({})
  class Host {}
  @Module({
    controllers: [FakePurchasesConsumer],
    providers: [{ provide: FakePurchases, useValue: purchases }],
  })
  class Neighbours {}
  @Module({})
  class Root {}
  const providers = [{ provide: Platform, useValue: platform }];
  const host = { module: Host, global: true, providers, exports: [Platform] };
  return { module: Root, imports: [host, VendorsModule, Neighbours] };
}

/** `admin`, `pos` or `vendor:<id>`. */
function callerOfToken(token: string): Caller | undefined {
  const [role, vendorId] = token.split(':');
  if (role === 'admin' || role === 'pos') {
    return { keyId: role, roles: [role], actor: `key:${role}` };
  }
  if (role !== 'vendor' || vendorId === undefined) return undefined;
  return { keyId: token, roles: [role], vendorId, actor: token };
}

async function send(
  app: NestFastifyApplication,
  sent: Sent & { readonly method: 'GET' | 'POST' | 'PUT'; readonly path: string },
): Promise<Answer> {
  const { method, path, body, as = 'admin', headers = {} } = sent;
  const response = await app.inject({
    method,
    url: `/v1${path}`,
    headers: {
      authorization: `Bearer ${as}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: body }),
  });
  return { status: response.statusCode, body: JSON.parse(response.body) };
}

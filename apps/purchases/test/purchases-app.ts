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
import { purchasesPublisher } from '../src/outbound/purchases.publisher';
import { PurchasesModule } from '../src/purchases.module';
import { FakeAccounts } from './fake-accounts';
import { FakeVendors, FakeVendorsConsumer } from './fake-vendors';

export const START_OF_TEST: Instant = '2026-11-23T10:00:00.000Z';
export const MINUTE = 60_000;

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
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

interface Sent {
  readonly body?: object;
  readonly key?: string;
  readonly as?: string;
}

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly accounts: FakeAccounts;
  readonly vendors: FakeVendors;
  readonly clock: TestClock;
  readonly calls: DirectCalls;
  readonly bus: MemoryBus;
  readonly errors: unknown[];
  send(method: 'GET' | 'POST', path: string, more?: Sent): Promise<Answer>;
  /** Moves the clock and does what is due then. */
  pass(ms: number): Promise<void>;
  /** Waits until the purchase is as expected, and gives it. */
  until(purchaseId: string, is: (purchase: any) => boolean): Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any
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
export async function startPurchases(): Promise<TestApp> {
  const clock = new TestClock();
  const eventStore = new MemoryEventStore();
  const callTable = new CallTable();
  const calls = new DirectCalls(callTable);
  const accounts = new FakeAccounts();
  const vendors = new FakeVendors();
  accounts.answer(callTable);
  vendors.answer(callTable);
  const db = openSqliteReadModel<unknown>({ file: ':memory:' });
  const dataDir = mkdtempSync(join(tmpdir(), 'fidelis-purchases-'));
  const errors: unknown[] = [];
  const bus = new MemoryBus({
    store: eventStore,
    publishers: [purchasesPublisher],
    delivery: { backOffFirstMs: 1, backOffMaxMs: 5 },
    onDefect: (error) => errors.push(error),
  });
  vendors.speakOn(bus);
  const platform: Platform = {
    clock,
    eventStore,
    calls,
    callTable,
    bus,
    readModel: <Tables>() => db as unknown as Kysely<Tables>,
    dataDir,
    runtimes: new RuntimeRegistry(),
    onBackgroundError: () => undefined,
  };
  const app = await createEdgeApp(rootOf(platform, vendors), {
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
  const sendTo: TestApp['send'] = (method, path, sent = {}) => send(app, { method, path, ...sent });
  return {
    app,
    accounts,
    vendors,
    clock,
    calls,
    bus,
    errors,
    send: sendTo,
    pass: async (ms) => {
      clock.pass(ms);
      for (const running of platform.runtimes.all()) await running.runDue(clock.now());
    },
    until: (purchaseId, is) => until(sendTo, purchaseId, is),
    close: async () => {
      await app.close();
      await db.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function rootOf(platform: Platform, vendors: FakeVendors) {
  @Module({})
  class Host {}
  @Module({
    controllers: [FakeVendorsConsumer],
    providers: [{ provide: FakeVendors, useValue: vendors }],
  })
  class Neighbours {}
  @Module({})
  class Root {}
  const providers = [{ provide: Platform, useValue: platform }];
  const host = { module: Host, global: true, providers, exports: [Platform] };
  return { module: Root, imports: [host, PurchasesModule, Neighbours] };
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

let keys = 0;

async function send(
  app: NestFastifyApplication,
  sent: Sent & { readonly method: 'GET' | 'POST'; readonly path: string },
): Promise<Answer> {
  const { method, path, body, as = 'admin' } = sent;
  keys += 1;
  const key = sent.key ?? `key-${keys}`;
  const response = await app.inject({
    method,
    url: `/v1${path}`,
    headers: {
      authorization: `Bearer ${as}`,
      ...(method === 'POST' && { 'idempotency-key': key }),
    },
    ...(body !== undefined && { payload: body }),
  });
  return { status: response.statusCode, body: JSON.parse(response.body) };
}

async function until(
  sendTo: TestApp['send'],
  purchaseId: string,
  is: (purchase: unknown) => boolean,
): Promise<unknown> {
  const giveUpAt = performance.now() + 3000;
  for (;;) {
    const { body } = await sendTo('GET', `/purchases/${purchaseId}`);
    if (is(body)) return body;
    if (performance.now() > giveUpAt) throw new Error(`still ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

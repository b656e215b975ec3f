import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { newId, systemClock } from '@fidelis/kernel';
import type { ServiceName } from '@fidelis/contracts';
import type { MemoryEventStore } from '@fidelis/event-store-memory';
import { createLogger, Health, Metrics } from '@fidelis/observability';
import { openPostgresReadModel } from '@fidelis/read-model';
import type { Gateway } from '../src/gateway';
import { openGatewayApp, type GatewayAppParts } from '../src/process/open-gateway-app';
import { openSharedGateway, type SharedTables } from '../src/shared-gateway';
import { TestPlatform } from './gateway-app';
import { SECRET } from './fake-services';

export const ADMIN_KEY = 'the-admin-key';

export interface RunningGateway {
  readonly url: string;
  readonly gateway: Gateway;
  /** What it could not do in the background. */
  readonly failures: unknown[];
  stop(): Promise<void>;
}

export interface GatewayProcessOptions {
  readonly gateway: Gateway;
  readonly services: Partial<Record<ServiceName, readonly string[]>>;
  readonly eventStore?: MemoryEventStore;
  readonly waits?: Pick<
    GatewayAppParts,
    'answerMs' | 'askAgainEveryMs' | 'routesKeptMs' | 'eventStreamSilentMs'
  >;
}

/** What `startGateway` does, on the given parts instead of servers. */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<RunningGateway> {
  const { services, eventStore, waits } = options;
  // Each process has its own.
  const gateway = { ...options.gateway, health: new Health(), metrics: new Metrics() };
  const failures: unknown[] = [];
  const platform = new TestPlatform(gateway.clock, '');
  if (eventStore !== undefined) Object.assign(platform, { eventStore });
  Object.assign(platform, {
    onBackgroundError: (_: string, error: unknown) => failures.push(error),
  });
  const { app, close } = await openGatewayApp({
    ...{ gateway, platform, answerMs: 2000, askAgainEveryMs: 200, ...waits },
    services: new Map(Object.entries(services) as [ServiceName, readonly string[]][]),
    secret: SECRET,
    logger: createLogger('silent'),
    onDefect: () => undefined,
    eventStreamClientsMax: 2,
  });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return { url, gateway, failures, stop: close };
}

/** A gateway's own state, shared with every other one on this database. */
export async function openShared(
  postgresUrl: string,
  adminKey = ADMIN_KEY,
): Promise<{ gateway: Gateway; close: () => Promise<void> }> {
  const db: Kysely<SharedTables> = openPostgresReadModel({ url: postgresUrl, schema: 'gateway' });
  const gateway = await openSharedGateway({
    ...{
      db,
      adminKey: adminKey === '' ? undefined : adminKey,
      clock: systemClock,
      testClock: undefined,
    },
    onError: () => undefined,
  });
  return {
    gateway,
    close: async () => {
      await gateway.close();
      await db.destroy();
    },
  };
}

export interface Sent {
  readonly method?: string;
  readonly key?: string;
  readonly body?: object | string;
  readonly headers?: Record<string, string>;
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export async function ask(url: string, sent: Sent = {}): Promise<Got> {
  const { body } = sent;
  const response = await fetch(url, {
    method: sent.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: headersOf(sent),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const json = (isJson && text !== '' ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, text, json };
}

const headersOf = ({ key = ADMIN_KEY, body, headers }: Sent): Record<string, string> => ({
  ...(key !== '' && { authorization: `Bearer ${key}` }),
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...headers,
});

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it never happened');
    await sleep(20);
  }
}

export const ready = (url: string) =>
  until(async () => (await ask(`${url}/health/ready`, { key: '' })).status === 200);

/** Stores an event that `service` tells in two messages: `n`1 and `n`2. */
export async function happens(
  eventStore: MemoryEventStore,
  service: ServiceName,
  n: number,
): Promise<void> {
  const pending = eventStore.append({
    stream: `${service}Thing-${newId()}`,
    expectedRevision: 'no-stream',
    events: [
      {
        id: randomUUID(),
        type: 'ThingHappened',
        data: { n },
        metadata: { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'op' },
      },
    ],
  });
  await pending.durable;
}

export interface Followed {
  readonly numbers: () => readonly number[];
  readonly lastId: () => string;
  close(): void;
}

/**
 * An open event stream. Not by fetch: after a cancelled stream it opens a connection that it does
 * not use, and a gateway that ends waits for what may still come.
 */
export async function followEvents(url: string, headers = {}, query = ''): Promise<Followed> {
  const asking = request(`${url}/v1/events/stream${query}`, {
    agent: false,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
  }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`answered ${String(response.statusCode)}`);
  let seen = '';
  response.setEncoding('utf8').on('data', (text: string) => (seen += text));
  const whole = () => seen.slice(0, seen.lastIndexOf('\n\n') + 2);
  return {
    numbers: () =>
      [...whole().matchAll(/^data: (.*)$/gm)].map(
        ([, json]) => (JSON.parse(json ?? '') as { data: { n: number } }).data.n,
      ),
    lastId: () => [...whole().matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '',
    close: () => void response.destroy(),
  };
}

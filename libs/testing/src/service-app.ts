import { Module, type LoggerService, type ModuleMetadata } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createEdgeApp, MemoryIdempotencyStore, RouteTable, type Caller } from '@fidelis/http';
import { BusServer } from '@fidelis/messaging';
import { Platform } from '@fidelis/service';
import type { TestPlatform } from './test-platform';

export interface Answer {
  readonly status: number;
  // The specs say what they expect of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface Sent {
  /** A text is sent as it is. */
  readonly body?: object | string;
  /** Of an import; a text is a line as it is. */
  readonly lines?: readonly (object | string)[];
  /** `Idempotency-Key`. */
  readonly key?: string;
  /** `admin` (default), `pos`, `participant:<id>` or `vendor:<id>`. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A service behind the real edge, on a `TestPlatform`. */
export interface ServiceApp {
  readonly app: NestFastifyApplication;
  readonly routes: RouteTable;
  send(method: Method, path: string, more?: Sent): Promise<Answer>;
  close(): Promise<void>;
}

export async function startServiceApp(
  platform: TestPlatform,
  imports: NonNullable<ModuleMetadata['imports']>,
): Promise<ServiceApp> {
  const note = (error: unknown) => platform.errors.push(error);
  const routes = new RouteTable();
  const app = await createEdgeApp(rootOf(platform, imports), {
    authenticator: { authenticate: callerOfToken },
    idempotency: new MemoryIdempotencyStore(),
    clock: platform.clock,
    log: { warn: () => undefined, error: (...error: unknown[]) => note(error) },
    nestLogger: quiet,
    onDefect: note,
    routes,
  });
  app.connectMicroservice({ strategy: new BusServer(platform.bus) });
  await app.startAllMicroservices();
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    routes,
    send: (method, path, sent = {}) => send(app, { ...sent, method, path }),
    close: async () => {
      await app.close();
      await platform.close();
    },
  };
}

/** Waits until it is so; fails after four seconds. */
export async function eventually(is: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 4_000;
  while (!(await is())) {
    if (performance.now() > giveUpAt) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const quiet: LoggerService = {
  log: () => undefined,
  warn: () => undefined,
  error: (message: unknown) => {
    throw new Error(String(message));
  },
};

function rootOf(platform: TestPlatform, imports: NonNullable<ModuleMetadata['imports']>) {
  @Module({})
  class Host {}
  @Module({})
  class Root {}
  const providers = [{ provide: Platform, useValue: platform }];
  const host = { module: Host, global: true, providers, exports: [Platform] };
  return { module: Root, imports: [host, ...imports] };
}

function callerOfToken(token: string): Caller | undefined {
  const [role, id] = token.split(':');
  switch (role) {
    case 'admin':
    case 'pos':
      return { keyId: role, roles: [role], actor: `key:${role}` };
    case 'participant':
      return id === undefined
        ? undefined
        : { keyId: token, roles: [role], participantId: id, actor: token };
    case 'vendor':
      return id === undefined
        ? undefined
        : { keyId: token, roles: [role], vendorId: id, actor: token };
    default:
      return undefined;
  }
}

async function send(
  app: NestFastifyApplication,
  sent: Sent & { readonly method: Method; readonly path: string },
): Promise<Answer> {
  const { method, path, key, as = 'admin', headers } = sent;
  const payload = payloadOf(sent);
  const response = await app.inject({
    method,
    url: `/v1${path}`,
    headers: {
      authorization: `Bearer ${as}`,
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(payload !== undefined && { 'content-type': payload.type }),
      ...headers,
    },
    ...(payload !== undefined && { payload: payload.text }),
  });
  const { statusCode: status, body: text } = response;
  if (text === '') return { status, body: undefined };
  const isLines = String(response.headers['content-type']).startsWith(NDJSON);
  const body: unknown = isLines
    ? text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]))
    : JSON.parse(text);
  return { status, body };
}

const NDJSON = 'application/x-ndjson';

function payloadOf({ body, lines }: Sent): { text: string; type: string } | undefined {
  if (lines !== undefined) return { text: lines.map(textOf).join('\n'), type: NDJSON };
  return body === undefined ? undefined : { text: textOf(body), type: 'application/json' };
}

function textOf(value: object | string): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

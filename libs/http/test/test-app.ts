import { Body, Controller, Get, Module, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Defect, OperationalError } from '@fidelis/kernel';
import type { Caller, EdgeReply, EdgeRequest, IdempotencyStore } from '../src/index';
import {
  answered,
  createEdgeApp,
  defineProblems,
  Endpoint,
  fieldTypes,
  Identifier,
  JsonObjectField,
  listenInThread,
  ListOf,
  MemoryIdempotencyStore,
  ndjsonAnswer,
  ndjsonLines,
  Nested,
  notFound,
  operationOf,
  Optional,
  PageQuery,
  parseLine,
  Points,
  PositivePoints,
  RouteTable,
  SignedAmountMinor,
  Text,
} from '../src/index';

class PartyRequest {
  @Identifier() readonly externalId!: string;
}

class LineRequest {
  @Text({ max: 20 }) readonly sku!: string;
  @SignedAmountMinor() readonly amount!: number;
}

class TicketRequest {
  @Identifier() readonly transactionId!: string;
  @Optional() @Nested(() => PartyRequest) readonly participant?: PartyRequest;
  @ListOf(() => LineRequest, { max: 3 }) readonly lines!: readonly LineRequest[];
  @Optional() @ListOf(fieldTypes.code, { max: 2 }) readonly labels?: readonly string[];
  @Optional() @JsonObjectField() readonly attributes?: object;
}

class CreditRequest {
  @PositivePoints() readonly points!: number;
}

class ImportedLine {
  @Points() readonly points!: number;
}

const problems = defineProblems<'insufficient_points'>({ insufficient_points: 409 });
/** What the controller saw; specs look here. */
export const seen = {
  handled: 0,
  following: 0,
  defects: [] as Defect[],
  logged: [] as object[],
  release: undefined as (() => void) | undefined,
};

@Controller('v1')
class TestController {
  @Post('transactions')
  @Endpoint({
    summary: 'Record a ticket',
    roles: ['pos'],
    idempotency: 'business-id',
    status: 201,
    body: TicketRequest,
    bodyBytesMax: 20_000,
  })
  ticket(@Body() body: TicketRequest): object {
    seen.handled += 1;
    return { transactionId: body.transactionId, lines: body.lines.length };
  }

  @Post('accounts/:accountId/credits')
  @Endpoint({
    summary: 'Credit',
    roles: ['backoffice'],
    idempotency: 'required',
    status: 201,
    body: CreditRequest,
    problems: problems.statuses,
  })
  async credit(
    @Param('accountId') accountId: string,
    @Body() body: CreditRequest,
    @Req() request: EdgeRequest,
  ): Promise<object> {
    seen.handled += 1;
    if (accountId === 'slow') await new Promise<void>((resolve) => (seen.release = resolve));
    if (accountId === 'away') throw new OperationalError('store away');
    if (body.points > 1000) {
      const detail = 'only 1000 points are there';
      throw problems.of({ code: 'insufficient_points', detail, available: 1000 } as never);
    }
    return { accountId, points: body.points, operation: operationOf(request).id, n: seen.handled };
  }

  @Get('accounts')
  @Endpoint({ summary: 'List', roles: ['finance'], idempotency: 'none', query: PageQuery })
  list(@Query() query: PageQuery): object {
    return query;
  }

  @Get('participants/:id')
  @Endpoint({ summary: 'Get', roles: ['participant'], idempotency: 'none', ownParam: 'id' })
  participant(@Param('id') id: string): object {
    if (id === 'nobody') throw notFound('participant nobody');
    return answered(203, { id }, { etag: `"${id}"` });
  }

  @Get('ticks')
  @Endpoint({
    summary: 'Follow',
    roles: 'public',
    idempotency: 'none',
    answerTypes: ['text/event-stream'],
  })
  ticks(@Res() reply: EdgeReply): void {
    reply.hijack();
    seen.following += 1;
    reply.raw.once('close', () => (seen.following -= 1));
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' });
    reply.raw.write(': alive\n\n');
  }

  @Get('broken/:how')
  @Endpoint({ summary: 'Break', roles: 'public', idempotency: 'none' })
  broken(@Param('how') how: string): object {
    if (how === 'defect') throw new Defect('postings do not balance');
    throw new TypeError('secret internals');
  }

  @Post('imports')
  @Endpoint({
    summary: 'Import',
    roles: ['pos'],
    idempotency: 'none',
    bodyType: 'application/x-ndjson',
    bodyBytesMax: 'unlimited',
  })
  import(@Body() body: unknown): object {
    return ndjsonAnswer(
      (async function* () {
        for await (const lines of ndjsonLines(body)) {
          yield lines.map((line) => {
            if ('problem' in line) return { number: line.number, code: line.problem.code };
            const parsed = parseLine(ImportedLine, line.text);
            if (!parsed.ok) return { number: line.number, code: parsed.problem.code };
            return { number: line.number, points: parsed.value.points };
          });
        }
      })(),
    );
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

const callers: Readonly<Record<string, Caller>> = {
  'admin-key': { keyId: 'k1', roles: ['admin'], actor: 'key:k1' },
  'pos-key': { keyId: 'k2', roles: ['pos'], actor: 'key:k2' },
  ann: { keyId: 'p1', roles: ['participant'], participantId: 'ann', actor: 'participant:ann' },
};

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly port: number;
  readonly routes: RouteTable;
  close(): Promise<void>;
}

/** How requests come in: at the application itself, or through a thread that listens for it. */
export const listeners = ['here', 'in a thread'] as const;

export function createTestApp(
  routes = new RouteTable(),
  idempotency: IdempotencyStore = new MemoryIdempotencyStore(),
): Promise<NestFastifyApplication> {
  return createEdgeApp(TestModule, {
    authenticator: { authenticate: (token) => callers[token] },
    idempotency,
    clock: { now: () => '2026-11-22T10:00:00.000Z' },
    log: {
      error: (fields) => seen.logged.push(fields),
      warn: (fields) => seen.logged.push(fields),
    },
    nestLogger: { log: () => undefined, error: () => undefined, warn: () => undefined },
    onDefect: (error) => seen.defects.push(error),
    routes,
  });
}

/** A store whose answers take a moment to be kept, as another process's do. */
export function slowAnswers(): IdempotencyStore {
  const store = new MemoryIdempotencyStore();
  return {
    find: (id) => store.find(id),
    put: async (id, answer) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      store.put(id, answer);
    },
  };
}

export async function startTestApp(
  listens: (typeof listeners)[number],
  idempotency?: IdempotencyStore,
): Promise<TestApp> {
  const routes = new RouteTable();
  const app = await createTestApp(routes, idempotency);
  if (listens === 'here') {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    return { app, routes, port, close: () => app.close() };
  }
  const onFatal = (error: unknown): void => {
    throw error;
  };
  const listener = await listenInThread(app, { host: '127.0.0.1', port: 0, routes, onFatal });
  const close = async (): Promise<void> => {
    await listener.close();
    await app.close();
  };
  return { app, routes, port: Number(new URL(listener.url).port), close };
}

export interface Sent {
  readonly path: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export async function send(port: number, sent: Sent): Promise<Got> {
  const { path, key = 'admin-key', headers = {}, body } = sent;
  const hasBody = body !== undefined;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: hasBody ? 'POST' : 'GET',
    headers: {
      ...(key !== '' && { authorization: `Bearer ${key}` }),
      ...(hasBody && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(hasBody && { body: toBytes(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const json = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, text, json };
}

const toBytes = (body: unknown): string =>
  typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body);

import { Body, Controller, Get, Module, Param, Post, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceName } from '@fidelis/contracts';
import { newId, OperationalError, systemClock } from '@fidelis/kernel';
import type { MemoryEventStore } from '@fidelis/event-store-memory';
import {
  answered,
  callerOf,
  createEdgeApp,
  Endpoint,
  Flag,
  Identifier,
  ndjsonAnswer,
  ndjsonLines,
  Nested,
  NO_ANSWERS_KEPT,
  operationOf,
  Optional,
  PositivePoints,
  RouteTable,
  Text,
  trustingAuthenticator,
  type EdgeReply,
  type EdgeRequest,
} from '@fidelis/http';
import { createLogger, nestLogger } from '@fidelis/observability';
import { EventStream, internalController } from '@fidelis/service';
import { publisherOf } from './gateway-app';

export const SECRET = 'the-secret-of-this-installation!';

class CreditRequest {
  @PositivePoints() readonly points!: number;
}

class ParticipantRequest {
  @Optional() @Identifier() readonly id?: string;
  @Optional() @Identifier() readonly externalId?: string;
}

class TicketRequest {
  @PositivePoints() readonly points!: number;
  @Optional() @Nested(() => ParticipantRequest) readonly participant?: ParticipantRequest;
}

class DryRunQuery {
  @Optional() @Flag() readonly dryRun?: boolean;
}

class ViewOfMany {
  @Identifier() readonly id!: string;
  @PositivePoints() readonly points!: number;
}

/** What the replicas of the fake accounts service do, and what they have seen. */
export class Ledger {
  readonly done = new Map<string, object>();
  /** Of each request that arrived, in order. */
  readonly arrived: { readonly replica: string; readonly headers: EdgeRequest['headers'] }[] = [];
  /** Takes effect once. */
  next: 'die-before' | 'die-after' | 'hang' | undefined;
  release: (() => void) | undefined;

  async credit(account: string, operation: string, request: EdgeRequest): Promise<object> {
    const { next } = this;
    const { socket } = request.raw;
    this.next = undefined;
    if (next === 'die-before') {
      socket.destroy();
      throw new OperationalError('killed');
    }
    if (account === 'poor') return { refused: true };
    if (next === 'hang') await new Promise<void>((resolve) => (this.release = resolve));
    const known = this.done.get(operation);
    const answer = known ?? { account, entry: newId(), n: this.done.size + 1 };
    this.done.set(operation, answer);
    if (next === 'die-after') socket.destroy();
    return answer;
  }
}

function accountsController(ledger: Ledger, replica: string) {
  const arrived = ({ headers }: EdgeRequest): void =>
    void ledger.arrived.push({ replica, headers });

  @Controller('v1/accounts')
  class AccountsController {
    @Post(':accountId/credits')
    @Endpoint({
      summary: 'Credit',
      roles: ['backoffice'],
      idempotency: 'required',
      status: 201,
      body: CreditRequest,
      query: DryRunQuery,
      answer: ViewOfMany,
      problems: { insufficient_points: 409 },
    })
    async credit(
      @Param('accountId') account: string,
      @Body() body: CreditRequest,
      @Req() request: EdgeRequest,
    ): Promise<object> {
      arrived(request);
      const query = request.query as DryRunQuery;
      const { id } = operationOf(request);
      if (query.dryRun === true) return { simulated: true };
      if (account === 'unwell') throw new OperationalError('not now');
      return { ...(await ledger.credit(account, id, request)), points: body.points };
    }

    @Post('count')
    @Endpoint({ summary: 'Count', roles: ['pos'], idempotency: 'none', body: CreditRequest })
    count(@Req() request: EdgeRequest): Promise<object> {
      arrived(request);
      return ledger.credit('count', newId(), request);
    }

    @Post('tickets')
    @Endpoint({
      summary: 'Record a ticket',
      roles: ['pos'],
      idempotency: 'business-id',
      body: TicketRequest,
      bodyBytesMax: 2000,
      about: 'participant',
    })
    ticket(@Body() body: TicketRequest, @Req() request: EdgeRequest): Promise<object> {
      arrived(request);
      return ledger.credit('ticket', String(body.points), request);
    }

    @Get(':accountId')
    @Endpoint({
      summary: 'Get',
      roles: ['pos', 'participant'],
      idempotency: 'none',
      ownParam: 'accountId',
    })
    get(
      @Param('accountId') account: string,
      @Req() request: EdgeRequest,
      @Res({ passthrough: true }) reply: EdgeReply,
    ): object {
      arrived(request);
      const caller = callerOf(request);
      const { next } = ledger;
      ledger.next = undefined;
      if (next !== undefined) request.raw.socket.destroy();
      void reply.header('x-own', 'kept').header('connection', 'x-hop').header('x-hop', 'dropped');
      return answered(203, { account, caller, replica }, { etag: '"7"' });
    }

    @Post('import')
    @Endpoint({
      summary: 'Import',
      roles: ['pos'],
      idempotency: 'none',
      bodyType: 'application/x-ndjson',
      bodyBytesMax: 'unlimited',
      answerTypes: ['application/x-ndjson'],
    })
    import(@Body() body: unknown): object {
      return ndjsonAnswer(
        (async function* () {
          for await (const lines of ndjsonLines(body)) {
            yield lines.map(({ number }) => ({ number, replica }));
          }
        })(),
      );
    }

    @Post(':accountId/callbacks')
    @Endpoint({ summary: 'Called back', roles: 'public', idempotency: 'none', rawBody: true })
    callback(@Req() request: EdgeRequest): object {
      const { caller, rawBody, headers } = request;
      return { caller: caller ?? null, raw: rawBody?.toString('utf8'), signed: headers.signature };
    }
  }
  return AccountsController;
}

/** Another service with a DTO of the same name. */
function earningController(replica: string) {
  class ViewOfMany {
    @Text() readonly program!: string;
  }

  @Controller('v1/programs')
  class ProgramsController {
    @Get()
    @Endpoint({ summary: 'List', roles: ['finance'], idempotency: 'none', answer: [ViewOfMany] })
    list(): object {
      return { data: [], replica };
    }
  }
  return ProgramsController;
}

/** What a version of a service has beside what all have: `GET /v1/versions/<version>`. */
function versionController(version: string, replica: string) {
  @Controller('v1/versions')
  class VersionController {
    @Get(version)
    @Endpoint({ summary: `Get ${version}`, roles: ['finance'], idempotency: 'none' })
    get(): object {
      return { version, replica };
    }
  }
  return VersionController;
}

export const controllersOf = (service: ServiceName, ledger: Ledger, replica: string) =>
  service === 'accounts' ? accountsController(ledger, replica) : earningController(replica);

@Module({})
class FakeServiceModule {}

export interface FakeReplica {
  readonly url: string;
  /** As after `kill -9`: connections break, and nobody listens. */
  kill(): Promise<void>;
}

export interface FakeReplicaOptions {
  readonly service: ServiceName;
  readonly name: string;
  readonly ledger: Ledger;
  readonly eventStore: MemoryEventStore;
  readonly port?: number;
  readonly version?: string;
}

/** One replica of a service in front of which a gateway stands: a real edge, real HTTP. */
export async function startReplica(options: FakeReplicaOptions): Promise<FakeReplica> {
  const { service, name, ledger, eventStore, version } = options;
  const routes = new RouteTable();
  const log = createLogger('silent');
  const eventStream = new EventStream({
    eventStore,
    publishers: [publisherOf(`${service}Thing`)],
    clientsMax: 10,
    onError: () => undefined,
  });
  const controllers = [
    controllersOf(service, ledger, name),
    ...(version === undefined ? [] : [versionController(version, name)]),
    internalController({ secret: SECRET, routes, eventStream }),
  ];
  const app: NestFastifyApplication = await createEdgeApp(
    { module: FakeServiceModule, controllers },
    {
      authenticator: trustingAuthenticator(SECRET),
      idempotency: NO_ANSWERS_KEPT,
      clock: systemClock,
      log,
      nestLogger: nestLogger(log),
      onDefect: () => undefined,
      routes,
    },
  );
  await app.listen(options.port ?? 0, '127.0.0.1');
  return {
    url: await app.getUrl(),
    kill: async () => {
      eventStream.closeAll();
      const closed = app.close();
      app.getHttpServer().closeAllConnections();
      await closed;
    },
  };
}

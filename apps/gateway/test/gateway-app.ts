import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Kysely } from 'kysely';
import { systemClock, type Clock } from '@fidelis/kernel';
import {
  CONTROLLED_SERVICES,
  controlOf,
  defineMessage,
  ResolveParticipant,
  type ServiceName,
} from '@fidelis/contracts';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { closeEdgeApp, createEdgeApp, RouteTable } from '@fidelis/http';
import { definePublisher, outgoing } from '@fidelis/messaging';
import { MemoryBus } from '@fidelis/messaging-memory';
import { createLogger, nestLogger } from '@fidelis/observability';
import { Platform, RuntimeRegistry } from '@fidelis/service';
import { answering, CallTable, DirectCalls } from '@fidelis/service-calls';
import {
  EventStream,
  GatewayModule,
  openGateway,
  serveReference,
  type Gateway,
} from '../src/index';

export const TOPIC = 'loyalty.test.thing.events.v1';
export const ThingHappenedV1 = defineMessage<{ readonly n: number }>(
  'test.thing-happened.v1',
  TOPIC,
);

/** Each stored event of the category is told in two messages. */
export const publisherOf = (category: string) =>
  definePublisher({
    service: 'test',
    categories: [category],
    topic: TOPIC,
    toMessages: ({ data, stream }) =>
      [1, 2].map((part) =>
        outgoing(ThingHappenedV1, { key: stream, data: { n: Number(data.n) * 10 + part } }),
      ),
  });

export class TestPlatform extends Platform {
  readonly eventStore = new MemoryEventStore();
  readonly callTable = new CallTable();
  readonly calls = new DirectCalls(this.callTable);
  readonly bus = new MemoryBus();
  readonly runtimes = new RuntimeRegistry();
  readonly onBackgroundError = (): void => undefined;
  /** How much a service finds due. */
  due: (asked: { service: ServiceName; now: string }) => number = () => 0;

  constructor(
    readonly clock: Clock,
    readonly dataDir: string,
  ) {
    super();
    this.callTable.add(
      answering(
        ResolveParticipant,
        (ref) =>
          Promise.resolve(
            'id' in ref && ref.id === 'ann' ? { participantId: 'ann', status: 'active' } : null,
          ) as never,
      ),
    );
    for (const service of CONTROLLED_SERVICES) {
      const { reachHead, runDue } = controlOf(service);
      this.callTable.add(answering(reachHead, () => Promise.resolve({ reached: true })));
      this.callTable.add(
        answering(runDue, ({ now }) => Promise.resolve({ settled: this.due({ service, now }) })),
      );
    }
  }

  readModel<Tables>(): Kysely<Tables> {
    throw new Error('the gateway has no views');
  }

  privateData<Tables>(): Kysely<Tables> {
    throw new Error('the gateway has no personal data');
  }
}

export interface GatewayApp {
  readonly app: NestFastifyApplication;
  readonly gateway: Gateway;
  readonly platform: TestPlatform;
  readonly url: string;
  stop(): Promise<void>;
}

export interface GatewayAppOptions {
  readonly dataDir: string;
  readonly testClock?: boolean;
  readonly adminKey?: string;
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'fidelis-gateway-'));
export const dropFolder = (folder: string): void => rmSync(folder, { recursive: true });

@Module({})
class PlatformModule {}

@Module({})
class RootModule {}

export async function startGateway(options: GatewayAppOptions): Promise<GatewayApp> {
  const { dataDir, testClock = true, adminKey = 'the-admin-key' } = options;
  const onError = (error: unknown): never => {
    throw error;
  };
  const gateway = await openGateway({ dataDir, adminKey, testClock, clock: systemClock, onError });
  const platform = new TestPlatform(gateway.clock, dataDir);
  const { eventStore } = platform;
  const eventStream = new EventStream({
    eventStore,
    publishers: [publisherOf('thing')],
    clientsMax: 2,
    onError,
  });
  const routes = new RouteTable();
  const log = createLogger('silent');
  const module = {
    module: RootModule,
    imports: [
      {
        module: PlatformModule,
        global: true,
        providers: [{ provide: Platform, useValue: platform }],
        exports: [Platform],
      },
      GatewayModule.register({ gateway, platform, eventStream }),
    ],
  };
  const app = await createEdgeApp(module, {
    authenticator: gateway.authenticator,
    idempotency: gateway.answers,
    clock: gateway.clock,
    log,
    nestLogger: nestLogger(log),
    onDefect: onError,
    onFinished: gateway.metrics.requestSeen,
    routes,
  });
  serveReference(app, routes);
  await app.listen(0, '127.0.0.1');
  return {
    app,
    gateway,
    platform,
    url: await app.getUrl(),
    stop: async () => {
      eventStream.closeAll();
      await closeEdgeApp(app);
      await gateway.close();
    },
  };
}

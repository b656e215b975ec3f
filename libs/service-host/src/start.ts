import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { assertInvariant } from '@fidelis/kernel';
import type { Settings } from '@fidelis/config';
import {
  closeEdgeApp,
  createEdgeApp,
  NO_ANSWERS_KEPT,
  RouteTable,
  trustingAuthenticator,
} from '@fidelis/http';
import { BusServer } from '@fidelis/messaging';
import {
  createLogger,
  Health,
  Metrics,
  nestLogger,
  startTracing,
  type Logger,
} from '@fidelis/observability';
import { DistributedPlatform } from '@fidelis/platform';
import { EventStream, internalController, observePlatform } from '@fidelis/service';
import { HostModule } from './host.module';
import type { HostedService } from './hosted-service';
import type { Running } from './run';

/** sysexits.h: a fault of ours. The restart reads the truth from the store. */
const EXIT_SOFTWARE = 70;

interface Parts {
  readonly service: HostedService;
  readonly settings: Settings;
  readonly platform: DistributedPlatform;
  readonly logger: Logger;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly eventStream: EventStream;
}

/** Runs one service in this process, on the servers that the settings name. */
export async function startService(service: HostedService, settings: Settings): Promise<Running> {
  const name = service.flow.service;
  const tracing = await startTracing(`fidelis-${name}`);
  const logger = createLogger(settings.logLevel).child({ service: name });
  const [health, metrics] = [new Health(), new Metrics()];
  const publishers = service.flow.publishes.map(({ publisher }) => publisher);
  const platform = await DistributedPlatform.open({
    ...{ settings, publishers, service: name },
    onBackgroundError: (where, error) => {
      metrics.backgroundError(where);
      logger.warn({ where, err: error }, 'background work failed; it is tried again');
    },
    onFatal: (error) => endProcess(logger, error),
  });
  const eventStream = new EventStream({
    ...{ eventStore: platform.eventStore, publishers },
    clientsMax: settings.eventStreamClientsMax,
    onError: (error) => {
      platform.onBackgroundError(`${name}.event-stream`, error);
    },
  });
  const parts = { service, settings, platform, logger, health, metrics, eventStream };
  const app = await openApp(parts);
  observePlatform({ platform, health, metrics });
  await app.startAllMicroservices();
  await app.listen({ port: settings.port, host: settings.host });
  return {
    url: await app.getUrl(),
    stop: async () => {
      health.startDraining();
      eventStream.closeAll();
      await closeEdgeApp(app);
      await platform.close();
      await tracing?.close();
    },
  };
}

async function openApp(parts: Parts): Promise<NestFastifyApplication> {
  const { service, settings, platform, logger, health, metrics } = parts;
  const { internalSecret } = settings;
  assertInvariant(internalSecret !== undefined, 'the settings were checked before');
  const routes = new RouteTable();
  const { eventStream } = parts;
  const module = HostModule.register({
    service: service.module,
    controllers: [internalController({ secret: internalSecret, routes, eventStream })],
    ...{ platform, health, metrics, internalSecret },
  });
  const app = await createEdgeApp(module, {
    authenticator: trustingAuthenticator(internalSecret),
    idempotency: NO_ANSWERS_KEPT,
    clock: platform.clock,
    log: logger,
    nestLogger: nestLogger(logger),
    onDefect: (error) => endProcess(logger, error),
    onFinished: metrics.requestSeen,
    routes,
  });
  app.connectMicroservice({ strategy: new BusServer(platform.bus) });
  return app;
}

function endProcess(logger: Logger, error: unknown): void {
  logger.error({ err: error }, 'this process cannot go on and ends');
  process.exit(EXIT_SOFTWARE);
}

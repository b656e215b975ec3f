import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { systemClock } from '@fidelis/kernel';
import type { Settings } from '@fidelis/config';
import { DataFolderLock } from '@fidelis/event-store-sqlite';
import {
  EventStream,
  keepHouse,
  openGateway,
  serveReference,
  type Gateway,
} from '@fidelis/gateway';
import { closeEdgeApp, createEdgeApp, listenInThread, RouteTable } from '@fidelis/http';
import { BusServer } from '@fidelis/messaging';
import { createLogger, nestLogger, startTracing, type Logger } from '@fidelis/observability';
import { EmbeddedPlatform } from './embedded-platform';
import { observe } from './observe';
import { publishers } from './services';
import { StandaloneModule } from './standalone.module';

export interface Running {
  readonly url: string;
  /** Only at the first start without FIDELIS_ADMIN_KEY. */
  readonly generatedAdminKey: string | undefined;
  /** Lets what runs end, writes what waits, releases the folder. */
  stop(): Promise<void>;
}

/** sysexits.h: a fault of ours. The restart reads the truth from the disk. */
const EXIT_SOFTWARE = 70;

/** Opens everything, listens, and answers when requests can come. @throws DataFolderInUse */
export async function start(settings: Settings): Promise<Running> {
  const logger = createLogger(settings.logLevel);
  const tracing = await startTracing('fidelis');
  const lock = DataFolderLock.acquire(settings.dataDir);
  const gateway = await openGateway({
    ...settings,
    clock: systemClock,
    onError: (error) => {
      logger.error({ err: error }, 'the gateway could not write');
    },
  });
  const platform = openPlatform(settings, gateway, logger);
  const eventStream = new EventStream({
    eventStore: platform.eventStore,
    publishers,
    clientsMax: settings.eventStreamClientsMax,
    onError: (error) => {
      platform.onBackgroundError('gateway.event-stream', error);
    },
  });
  const routes = new RouteTable();
  const app = await openApp({ settings, gateway, platform, eventStream, logger, routes });
  observe({ gateway, platform, eventStream });
  const housekeeping = keepHouse(platform);
  await app.startAllMicroservices();
  const { host, port } = settings;
  const onFatal = (error: unknown): void => endProcess(logger, error);
  const listener = await listenInThread(app, { host, port, routes, onFatal });
  const { url } = listener;
  platform.ownUrl = url;
  return {
    url,
    generatedAdminKey: gateway.generatedAdminKey,
    stop: async () => {
      gateway.health.startDraining();
      clearInterval(housekeeping);
      eventStream.closeAll();
      await listener.close();
      await closeEdgeApp(app);
      await gateway.close();
      await platform.close();
      await tracing?.close();
      lock.release();
    },
  };
}

function openPlatform(settings: Settings, gateway: Gateway, logger: Logger): EmbeddedPlatform {
  return new EmbeddedPlatform({
    dataDir: settings.dataDir,
    serviceCalls: settings.serviceCalls,
    clock: gateway.clock,
    publishers,
    views: 'thread',
    disturbSeed: disturbSeed(settings),
    onBackgroundError: (where, error) => {
      gateway.metrics.backgroundError(where);
      logger.warn({ where, err: error }, 'background work failed; it is tried again');
    },
    onFatal: (error) => endProcess(logger, error),
  });
}

/** Only where the test clock says that nobody's points are at stake. */
function disturbSeed({ testClock, testDisturbMessages }: Settings): number | undefined {
  return testClock ? testDisturbMessages : undefined;
}

interface AppParts {
  readonly settings: Settings;
  readonly gateway: Gateway;
  readonly platform: EmbeddedPlatform;
  readonly eventStream: EventStream;
  readonly logger: Logger;
  readonly routes: RouteTable;
}

async function openApp(parts: AppParts): Promise<NestFastifyApplication> {
  const { settings, gateway, platform, logger, routes } = parts;
  const app = await createEdgeApp(StandaloneModule.register(parts), {
    authenticator: gateway.authenticator,
    idempotency: gateway.answers,
    clock: gateway.clock,
    log: logger,
    nestLogger: nestLogger(logger),
    onDefect: (error) => endProcess(logger, error),
    onFinished: gateway.metrics.requestSeen,
    requestsPerSecond: settings.requestsPerSecondMax,
    routes,
  });
  serveReference(app, routes);
  app.connectMicroservice({ strategy: new BusServer(platform.bus) });
  return app;
}

function endProcess(logger: Logger, error: unknown): void {
  logger.error({ err: error }, 'a broken invariant: the process ends');
  process.exit(EXIT_SOFTWARE);
}

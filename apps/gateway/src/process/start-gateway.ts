import { assertInvariant } from '@fidelis/kernel';
import type { Settings } from '@fidelis/config';
import { createLogger, startTracing, type Logger } from '@fidelis/observability';
import { DistributedPlatform, serviceUrls } from '@fidelis/platform';
import { observePlatform } from '@fidelis/service';
import type { Running } from '@fidelis/service-host';
import { keepHouse } from '../housekeeping';
import { openSharedGateway, type SharedTables } from '../shared-gateway';
import { openGatewayApp } from './open-gateway-app';

/** sysexits.h: a fault of ours. The restart reads the truth from the database. */
const EXIT_SOFTWARE = 70;

/** One of the installation's gateways, in front of the services that the settings name. */
export async function startGateway(settings: Settings): Promise<Running> {
  const { internalSecret, adminKey } = settings;
  assertInvariant(internalSecret !== undefined, 'the settings were checked before');
  const tracing = await startTracing('fidelis-gateway');
  const logger = createLogger(settings.logLevel).child({ service: 'gateway' });
  const onFatal = (error: unknown): never => endProcess(logger, error);
  const failures = new BackgroundFailures(logger);
  const onBackgroundError = (where: string, error: unknown): void => failures.seen(where, error);
  const platform = await DistributedPlatform.open({
    ...{ settings, service: 'gateway', publishers: [], onBackgroundError, onFatal },
  });
  const gateway = await openSharedGateway({
    db: platform.readModel<SharedTables>('gateway'),
    ...{ adminKey, clock: platform.clock, testClock: platform.testClock },
    onError: (error) => onBackgroundError('gateway.database', error),
  });
  failures.count = (where) => gateway.metrics.backgroundError(where);
  const door = await openGatewayApp({
    ...{ gateway, platform, logger, onDefect: onFatal },
    services: serviceUrls(settings),
    secret: internalSecret,
    requestsPerSecondMax: settings.requestsPerSecondMax,
    eventStreamClientsMax: settings.eventStreamClientsMax,
  });
  observePlatform({ platform, health: gateway.health, metrics: gateway.metrics });
  const housekeeping = keepHouse(platform);
  await door.app.listen({ port: settings.port, host: settings.host });
  if (gateway.generatedAdminKey !== undefined) {
    process.stdout.write(`Admin key, shown this once: ${gateway.generatedAdminKey}\n`);
  }
  return {
    url: await door.app.getUrl(),
    stop: async () => {
      clearInterval(housekeeping);
      await door.close();
      await gateway.close();
      await platform.close();
      await tracing?.close();
    },
  };
}

/** The platform is there before the metrics are. */
class BackgroundFailures {
  count: (where: string) => void = () => undefined;

  constructor(private readonly logger: Logger) {}

  seen(where: string, error: unknown): void {
    this.count(where);
    this.logger.warn({ where, err: error }, 'background work failed; it is tried again');
  }
}

function endProcess(logger: Logger, error: unknown): never {
  logger.error({ err: error }, 'this process cannot go on and ends');
  process.exit(EXIT_SOFTWARE);
}

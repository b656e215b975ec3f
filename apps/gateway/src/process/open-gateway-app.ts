import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Defect } from '@fidelis/kernel';
import { closeEdgeApp, createEdgeApp, RouteTable } from '@fidelis/http';
import { nestLogger, type Logger } from '@fidelis/observability';
import { Platform } from '@fidelis/service';
import { MergedEvents } from '../events/merged-events';
import { Forwarder } from '../forward/forwarder';
import { LearntRoutes } from '../forward/learnt-routes';
import { RouteLearner } from '../forward/route-learner';
import { Upstream, type ServiceUrls } from '../forward/upstream';
import type { Gateway } from '../gateway';
import { GatewayModule } from '../gateway.module';
import { serveReference } from '../reference';

export interface GatewayAppParts {
  /** Closed by whoever opened it, as is the platform. */
  readonly gateway: Gateway;
  readonly platform: Platform;
  /** Where the replicas of each service listen. */
  readonly services: ServiceUrls;
  /** The installation's (FIDELIS_INTERNAL_SECRET). */
  readonly secret: string;
  readonly logger: Logger;
  readonly onDefect: (error: Defect) => void;
  readonly requestsPerSecondMax?: number | undefined;
  readonly eventStreamClientsMax: number;
  /** After which a service's event stream that says nothing has broken. */
  readonly eventStreamSilentMs?: number;
  /** How long a service may think about one request. */
  readonly answerMs?: number;
  /** How often a service that has told its endpoints is asked again. */
  readonly askAgainEveryMs?: number;
  /** How long an endpoint that no replica tells any more is still looked for. */
  readonly routesKeptMs?: number;
}

export interface GatewayApp {
  readonly app: NestFastifyApplication;
  /** Lets what runs end. */
  close(): Promise<void>;
}

@Module({})
class PlatformModule {}

@Module({})
class GatewayAppModule {}

/** The public door in a process of its own, in front of services in theirs. Not yet listening. */
export async function openGatewayApp(parts: GatewayAppParts): Promise<GatewayApp> {
  const { gateway, platform, services, secret, logger } = parts;
  const names = [...services.keys()];
  const upstream = new Upstream({ urls: services });
  // A stream keeps its connection for hours: requests must not wait for it.
  const streams = new Upstream({ urls: services, connectionsMax: parts.eventStreamClientsMax });
  const learnt = new LearntRoutes(names, parts.routesKeptMs);
  const onError = (where: string) => (error: unknown) =>
    platform.onBackgroundError(`gateway.${where}`, error);
  const events = new MergedEvents({
    ...{ services: names, upstream: streams, secret, onError: onError('event-stream') },
    eventStore: platform.eventStore,
    clientsMax: parts.eventStreamClientsMax,
    silentMs: parts.eventStreamSilentMs,
  });
  const routes = new RouteTable();
  const { answerMs, askAgainEveryMs } = parts;
  const app = await createEdgeApp(moduleOf(parts, events), {
    authenticator: gateway.authenticator,
    idempotency: gateway.answers,
    clock: gateway.clock,
    log: logger,
    nestLogger: nestLogger(logger),
    onDefect: parts.onDefect,
    onFinished: gateway.metrics.requestSeen,
    requestsPerSecond: parts.requestsPerSecondMax,
    routes,
    forwarding: new Forwarder({
      ...{ routes: learnt, upstream, secret, onError: onError('forward') },
      ...(answerMs !== undefined && { answerMs }),
    }),
  });
  serveReference(app, routes, learnt);
  observe(gateway, { learnt, events });
  const learner = new RouteLearner({
    ...{ services, routes: learnt, upstream, secret, onError: onError('routes') },
    ...(askAgainEveryMs !== undefined && { askAgainEveryMs }),
  });
  return {
    app,
    close: async () => {
      gateway.health.startDraining();
      events.closeAll();
      await learner.close();
      await closeEdgeApp(app);
      await Promise.all([upstream.close(), streams.close()]);
    },
  };
}

function moduleOf({ gateway, platform }: GatewayAppParts, events: MergedEvents): DynamicModule {
  return {
    module: GatewayAppModule,
    imports: [
      {
        module: PlatformModule,
        global: true,
        providers: [{ provide: Platform, useValue: platform }],
        exports: [Platform],
      },
      GatewayModule.register({ gateway, platform, eventStream: events }),
    ],
  };
}

function observe(
  { health, metrics }: Gateway,
  { learnt, events }: { readonly learnt: LearntRoutes; readonly events: MergedEvents },
): void {
  health.addReady('routes', () => {
    const { missing } = learnt;
    return missing.length === 0 ? undefined : `${missing.join(', ')} did not tell theirs yet`;
  });
  metrics.gauge(
    { name: 'fidelis_event_stream_clients', help: 'Open event streams.', labels: [] },
    () => [{ labels: {}, value: events.clientCount }],
  );
}

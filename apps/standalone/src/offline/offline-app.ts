import { join } from 'node:path';
import { Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { systemClock } from '@fidelis/kernel';
import { DataFolderLock } from '@fidelis/event-store-sqlite';
import { BusServer, type Consumer, type MessageBus } from '@fidelis/messaging';
import { Platform } from '@fidelis/service';
import { EmbeddedPlatform } from '../embedded-platform';
import { publishers, services } from '../services';

export interface OfflineApp {
  readonly platform: EmbeddedPlatform;
  /** What the services would consume; nothing of it runs. */
  readonly consumers: readonly Consumer[];
  readonly close: () => Promise<void>;
}

@Module({})
class OfflinePlatformModule {}

@Module({})
class OfflineModule {
  static register(platform: EmbeddedPlatform): DynamicModule {
    return {
      module: OfflineModule,
      imports: [
        {
          module: OfflinePlatformModule,
          global: true,
          providers: [{ provide: Platform, useValue: platform }],
          exports: [Platform],
        },
        ...services.map(({ module }) => module),
      ],
    };
  }
}

/**
 * All services over a data folder, put together but not started: no HTTP, no processes, no timers,
 * so nothing is appended. @throws DataFolderInUse
 */
export async function openOffline(dataDir: string): Promise<OfflineApp> {
  const lock = DataFolderLock.acquire(dataDir);
  const platform = new EmbeddedPlatform({
    ...{ dataDir, publishers, clock: systemClock, serviceCalls: 'direct', views: 'here' },
    onBackgroundError: (where, error) => {
      console.error(`${where}:`, error);
    },
    onFatal: (error) => {
      console.error('a broken invariant:', error);
      process.exit(1);
    },
  });
  const app = await NestFactory.create(OfflineModule.register(platform), new FastifyAdapter(), {
    logger: ['error', 'fatal'],
  });
  const consumers = await consumersOf(app, platform.bus);
  return {
    platform,
    consumers,
    close: async () => {
      // `app.close` would stop what never ran; the platform holds the files.
      await platform.close();
      lock.release();
    },
  };
}

/** Of a data folder, as the platform lays it out. */
export function busFileOf(dataDir: string): string {
  return join(dataDir, 'bus.db');
}

/** Lets Nest find the handlers, on a bus that only takes note of them. */
async function consumersOf(app: INestApplication, bus: MessageBus): Promise<readonly Consumer[]> {
  let found: readonly Consumer[] = [];
  const note: MessageBus = {
    groups: bus.groups,
    deadLetters: bus.deadLetters,
    start: (consumers) => {
      found = consumers;
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
    reachedHead: () => Promise.resolve(true),
    status: () => [],
  };
  app.connectMicroservice({ strategy: new BusServer(note) });
  await app.startAllMicroservices();
  return found;
}

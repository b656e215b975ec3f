import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { SandboxConfig } from './sandbox.config';
import { SandboxModule } from './sandbox.module';

/** Listens on this machine only; the signature is over the body's bytes, so they are kept. */
export async function startSandboxVendor(config: SandboxConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    SandboxModule.register(config),
    new FastifyAdapter({ forceCloseConnections: true }),
    { rawBody: true, logger: ['error', 'warn'], abortOnError: false },
  );
  app.enableShutdownHooks();
  await app.listen({ port: config.port, host: '127.0.0.1' });
  return app;
}

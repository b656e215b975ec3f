import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { closeGently } from './close-gently';

/** Lets running requests end. */
export function closeEdgeApp(app: NestFastifyApplication): Promise<void> {
  const server: Server = app.getHttpServer();
  return closeGently(server, () => app.close());
}

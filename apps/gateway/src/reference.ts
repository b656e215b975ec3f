import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { openApiDocument, type RouteTable } from '@fidelis/http';

const INFO = {
  title: 'Fidelis',
  version: '0.1.0',
  description:
    'Event-sourced loyalty: points earned, held, spent and reconciled to the last one. Errors are application/problem+json with a stable code.',
};

/** `/openapi.json` and `/docs`; its assets are in the installation, nothing is fetched. */
export function serveReference(app: NestFastifyApplication, routes: RouteTable): void {
  const build = () => openApiDocument(routes.all(), INFO) as OpenAPIObject;
  SwaggerModule.setup('docs', app, build, {
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Fidelis API',
  });
}

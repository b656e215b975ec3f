import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { mergeOpenApi, openApiPart, type OpenApiPart, type RouteTable } from '@fidelis/http';
import type { LearntRoutes } from './forward/learnt-routes';

const INFO = {
  title: 'Fidelis',
  version: '0.1.0',
  description:
    'Event-sourced loyalty: points earned, held, spent and reconciled to the last one. Errors are application/problem+json with a stable code.',
};

/**
 * `/openapi.json` and `/docs`; its assets are in the installation, nothing is fetched. `learnt`:
 * the endpoints of other processes, which may still change.
 */
export function serveReference(
  app: NestFastifyApplication,
  routes: RouteTable,
  learnt?: LearntRoutes,
): void {
  const documentNow = currentDocument(routes, learnt);
  SwaggerModule.setup('docs', app, documentNow, {
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Fidelis API',
    ...(learnt && { patchDocumentOnRequest: documentNow }),
  });
}

/** Merged again only after a service has told other endpoints. */
function currentDocument(routes: RouteTable, learnt: LearntRoutes | undefined) {
  let own: OpenApiPart | undefined;
  let document: OpenAPIObject | undefined;
  let version = -1;
  return (): OpenAPIObject => {
    const now = learnt?.version ?? 0;
    if (document !== undefined && version === now) return document;
    own ??= openApiPart(routes.all());
    const parts = [own, ...(learnt?.openApiParts ?? [])];
    document = mergeOpenApi(parts, INFO) as OpenAPIObject;
    version = now;
    return document;
  };
}

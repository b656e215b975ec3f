import type { Role } from '../caller';
import type { EndpointConfig, IdempotencyRule } from '../endpoint';
import { openApiPart } from '../openapi/openapi-document';
import type { OpenApiPart } from '../openapi/merge-openapi';
import { takesDryRun } from './check-request';
import type { RouteTable } from './route-table';

/** An endpoint as plain JSON: what a gateway in front of it must know. */
export interface RouteDescription {
  readonly method: string;
  /** `/v1/accounts/:accountId/holds` */
  readonly path: string;
  readonly roles: readonly Role[] | 'public';
  readonly idempotency: IdempotencyRule;
  readonly takesDryRun: boolean;
  readonly ownParam?: string;
  readonly bodyType?: NonNullable<EndpointConfig['bodyType']>;
  readonly bodyBytesMax?: number | 'unlimited';
  readonly answerTypes?: readonly string[];
  readonly about?: string;
}

export interface DescribedRoutes {
  readonly routes: readonly RouteDescription[];
  readonly openApi: OpenApiPart;
}

/** The public endpoints of this process; what it answers to supervisors is its own. */
export function describeRoutes(table: RouteTable): DescribedRoutes {
  const routes = table.all().filter(({ path }) => path.startsWith('/v1/'));
  return {
    openApi: openApiPart(routes),
    routes: routes.map(({ method, path, endpoint }) => {
      const { roles, idempotency, query, ownParam, bodyType, bodyBytesMax, answerTypes, about } =
        endpoint;
      return {
        method,
        path,
        roles,
        idempotency,
        takesDryRun: query !== undefined && takesDryRun(query),
        ...(ownParam !== undefined && { ownParam }),
        ...(bodyType !== undefined && { bodyType }),
        ...(bodyBytesMax !== undefined && { bodyBytesMax }),
        ...(about !== undefined && { about }),
        ...(answerTypes !== undefined && { answerTypes }),
      };
    }),
  };
}

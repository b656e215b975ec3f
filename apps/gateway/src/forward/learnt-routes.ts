import type { ServiceName } from '@fidelis/contracts';
import {
  unavailable,
  type DescribedRoutes,
  type EndpointConfig,
  type ForwardedRoute,
  type OpenApiPart,
  type RouteDescription,
} from '@fidelis/http';
import { RouteMatcher } from './route-matcher';

/** Whose endpoint a request is for. */
export interface LearntRoute extends ForwardedRoute {
  readonly service: ServiceName;
}

type Described = Omit<LearntRoute, 'params'>;

/** The endpoints of all services, as each told them. */
export class LearntRoutes {
  private readonly told = new Map<ServiceName, DescribedRoutes>();
  private matcher = new RouteMatcher<Described>();
  private changes = 0;

  constructor(private readonly services: readonly ServiceName[]) {}

  /** Grows with every change. */
  get version(): number {
    return this.changes;
  }

  /** The services that have not told their endpoints yet. */
  get missing(): readonly ServiceName[] {
    return this.services.filter((service) => !this.told.has(service));
  }

  get openApiParts(): readonly OpenApiPart[] {
    return this.inOrder().map(([, { openApi }]) => openApi);
  }

  learn(service: ServiceName, routes: DescribedRoutes): void {
    this.told.set(service, routes);
    this.changes += 1;
    const matcher = new RouteMatcher<Described>();
    for (const [name, { routes: described }] of this.inOrder()) {
      for (const route of described) matcher.add(route.method, route.path, toLearnt(name, route));
    }
    this.matcher = matcher;
  }

  /** Throws a 503 while nobody can say whether there is something at this path. */
  find(method: string, path: string): LearntRoute | undefined {
    const found = this.matcher.find(method, path);
    if (found !== undefined) return { ...found.value, params: found.params };
    const { missing } = this;
    if (missing.length === 0) return undefined;
    throw unavailable(`still waiting for the services ${missing.join(', ')}`);
  }

  /** Always the same order, whoever was first to answer. */
  private inOrder(): readonly (readonly [ServiceName, DescribedRoutes])[] {
    return this.services.flatMap((service) => {
      const routes = this.told.get(service);
      return routes === undefined ? [] : [[service, routes] as const];
    });
  }
}

function toLearnt(service: ServiceName, route: RouteDescription): Described {
  const { path, takesDryRun, roles, idempotency, ...more } = route;
  const { ownParam, bodyType, bodyBytesMax, answerTypes } = more;
  const endpoint: EndpointConfig = {
    summary: '',
    roles,
    idempotency,
    ...(ownParam !== undefined && { ownParam }),
    ...(bodyType !== undefined && { bodyType }),
    ...(bodyBytesMax !== undefined && { bodyBytesMax }),
    ...(answerTypes !== undefined && { answerTypes }),
  };
  return { service, endpoint, path, takesDryRun };
}

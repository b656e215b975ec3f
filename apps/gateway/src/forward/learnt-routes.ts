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
  /** Replicas that told their endpoints, and not this one. */
  readonly lackedBy: ReadonlySet<string>;
}

type Described = Omit<LearntRoute, 'params'>;

/** What was told at one address. Behind a balancer replicas of several versions may share it. */
interface Telling {
  readonly url: string;
  readonly text: string;
  readonly told: DescribedRoutes;
  lastAt: number;
}

/** Longer than a replica that is asked every 5 s is likely to be busy. */
const KEPT_MS = 60_000;

/**
 * The endpoints of all services, as each of their replicas told them. While versions run side by
 * side an endpoint is there as long as somebody tells it, in the description that was told first.
 */
export class LearntRoutes {
  private readonly tellings = new Map<ServiceName, readonly Telling[]>();
  private matcher = new RouteMatcher<Described>();
  private changes = 0;

  constructor(
    private readonly services: readonly ServiceName[],
    private readonly keptMs = KEPT_MS,
  ) {}

  /** Grows with every change. */
  get version(): number {
    return this.changes;
  }

  /** The services of which no replica has told its endpoints yet. */
  get missing(): readonly ServiceName[] {
    return this.services.filter((service) => !this.tellings.has(service));
  }

  get openApiParts(): readonly OpenApiPart[] {
    const told = this.inOrder().flatMap(([, tellings]) => tellings);
    return [...new Map(told.map(({ text, told: { openApi } }) => [text, openApi])).values()];
  }

  /** `text`: the replica's answer. */
  learn(service: ServiceName, url: string, text: string): void {
    const now = performance.now();
    const before = this.tellings.get(service) ?? [];
    let telling = before.find((one) => one.url === url && one.text === text);
    const isNew = telling === undefined;
    telling ??= { url, text, told: JSON.parse(text) as DescribedRoutes, lastAt: now };
    telling.lastAt = now;
    // Only here: a service that is away as a whole keeps what it told.
    const kept = before.filter(({ lastAt }) => lastAt >= now - this.keptMs);
    if (!isNew && kept.length === before.length) return;
    this.tellings.set(service, isNew ? [...kept, telling] : kept);
    this.changes += 1;
    this.matcher = this.newMatcher();
  }

  /** Throws a 503 while nobody can say whether there is something at this path. */
  find(method: string, path: string): LearntRoute | undefined {
    const found = this.matcher.find(method, path);
    if (found !== undefined) return { ...found.value, params: found.params };
    const { missing } = this;
    if (missing.length === 0) return undefined;
    throw unavailable(`still waiting for the services ${missing.join(', ')}`);
  }

  private newMatcher(): RouteMatcher<Described> {
    const matcher = new RouteMatcher<Described>();
    for (const [service, tellings] of this.inOrder()) {
      const urls = tellings.map(({ url }) => url);
      for (const { route, toldBy } of endpointsOf(tellings)) {
        const lackedBy = new Set(urls.filter((url) => !toldBy.has(url)));
        matcher.add(route.method, route.path, { ...toLearnt(service, route), lackedBy });
      }
    }
    return matcher;
  }

  /** Always the same order, whoever was first to answer. */
  private inOrder(): readonly (readonly [ServiceName, readonly Telling[]])[] {
    return this.services.map((service) => [service, this.tellings.get(service) ?? []] as const);
  }
}

interface ToldEndpoint {
  readonly route: RouteDescription;
  readonly toldBy: Set<string>;
}

function endpointsOf(tellings: readonly Telling[]): Iterable<ToldEndpoint> {
  const endpoints = new Map<string, ToldEndpoint>();
  for (const { url, told } of tellings) {
    for (const route of told.routes) {
      const name = `${route.method} ${route.path}`;
      const known = endpoints.get(name);
      if (known === undefined) endpoints.set(name, { route, toldBy: new Set([url]) });
      else known.toldBy.add(url);
    }
  }
  return endpoints.values();
}

function toLearnt(service: ServiceName, route: RouteDescription): Omit<Described, 'lackedBy'> {
  const { path, takesDryRun, roles, idempotency, ...more } = route;
  const { ownParam, bodyType, bodyBytesMax, answerTypes, about } = more;
  const endpoint: EndpointConfig = {
    summary: '',
    roles,
    idempotency,
    ...(ownParam !== undefined && { ownParam }),
    ...(bodyType !== undefined && { bodyType }),
    ...(bodyBytesMax !== undefined && { bodyBytesMax }),
    ...(answerTypes !== undefined && { answerTypes }),
    ...(about !== undefined && { about }),
  };
  return { service, endpoint, path, takesDryRun };
}

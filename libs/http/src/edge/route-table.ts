import type { EndpointConfig } from '../endpoint';

export interface Route {
  readonly method: string;
  /** `/v1/accounts/:accountId/holds` */
  readonly path: string;
  readonly endpoint: EndpointConfig;
}

/** Every endpoint of this process, as its routes were registered. */
export class RouteTable {
  private readonly routes: Route[] = [];

  add(methods: string | readonly string[], path: string, endpoint: EndpointConfig): void {
    for (const method of [methods].flat()) {
      // Fastify adds a HEAD to every GET; it is no operation of its own.
      if (method !== 'HEAD') this.routes.push({ method, path, endpoint });
    }
  }

  all(): readonly Route[] {
    return this.routes;
  }
}

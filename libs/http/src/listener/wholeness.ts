import type { IncomingMessage } from 'node:http';
import type { RouteTable } from '../edge/route-table';
import type { EndpointConfig } from '../endpoint';
import type { ListenerSettings, StreamedRoute } from './protocol';

export type IsWhole = (request: IncomingMessage) => boolean;

/**
 * Whether a request can be handed on whole, and so can its answer: it is of the API, its body is
 * small and of a known length, and its route streams nothing. In doubt it cannot.
 */
export function wholeness({
  streamed,
  wholeBytesMax,
}: Pick<ListenerSettings, 'streamed' | 'wholeBytesMax'>): IsWhole {
  const patterns = streamed.map(({ method, path }) => ({ method, path: new RegExp(path) }));
  return ({ method, url = '', headers }) => {
    if (!url.startsWith('/v1/') || headers['transfer-encoding'] !== undefined) return false;
    if (Number(headers['content-length'] ?? 0) > wholeBytesMax) return false;
    const path = pathOf(url);
    if (path === undefined) return false;
    return !patterns.some((route) => route.path.test(path) && answers(route.method, method));
  };
}

/** The routes of a table that `wholeness` has to know. */
export function streamedRoutes(table: RouteTable): readonly StreamedRoute[] {
  return table
    .all()
    .filter(({ endpoint }) => streams(endpoint))
    .map(({ method, path }) => ({ method, path: `^${path.replace(/:[^/]+/g, '[^/]+')}/?$` }));
}

const streams = ({ bodyType, answerTypes }: EndpointConfig): boolean =>
  (bodyType !== undefined && bodyType !== 'application/json') || answerTypes !== undefined;

const answers = (route: string, method: string | undefined): boolean =>
  route === (method === 'HEAD' ? 'GET' : method);

/** As the router reads it. `undefined`: it cannot. */
function pathOf(url: string): string | undefined {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  if (!path.includes('%')) return path;
  try {
    return decodeURI(path);
  } catch {
    return undefined;
  }
}

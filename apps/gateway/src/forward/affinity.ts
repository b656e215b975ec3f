import type { EdgeRequest } from '@fidelis/http';
import type { LearntRoute } from './learnt-routes';

/**
 * What a request is about: requests with one key go to one replica while that is well. It is
 * named by the body where the endpoint says so, otherwise by the path.
 */
export function affinityOf(
  { endpoint, params }: LearntRoute,
  { body }: EdgeRequest,
): string | undefined {
  if (endpoint.about === undefined) return Object.values(params)[0];
  return nameIn((body as Readonly<Record<string, unknown>> | null | undefined)?.[endpoint.about]);
}

/** The service has yet to check it. A participant is named as paths name one. */
function nameIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, externalId } = value as Readonly<Record<string, unknown>>;
  if (typeof id === 'string') return id;
  return typeof externalId === 'string' ? `ext:${externalId}` : undefined;
}

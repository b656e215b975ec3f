import type { Instant } from '@fidelis/kernel';
import type { ExternalIdEvent } from './external-id.events';

/** Whom an external id names. */
export type ExternalId =
  | { readonly status: 'free' }
  | { readonly status: 'claimed'; readonly participantId: string; readonly at: Instant };

export const free: ExternalId = { status: 'free' };

export function evolve(_: ExternalId, event: ExternalIdEvent): ExternalId {
  return { status: 'claimed', ...event.data };
}

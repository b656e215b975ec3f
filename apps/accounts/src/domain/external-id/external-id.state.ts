import type { Instant } from '@fidelis/kernel';
import type { ExternalIdEvent } from './external-id.events';

/** Whom an external id names. */
export type ExternalId =
  | { readonly status: 'free' }
  | { readonly status: 'claimed'; readonly participantId: string; readonly at: Instant };

export const free: ExternalId = { status: 'free' };

export function evolve(_: ExternalId, { data }: ExternalIdEvent): ExternalId {
  return { status: 'claimed', participantId: data.participantId, at: data.at };
}

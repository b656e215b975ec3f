import type { Aggregate } from '@fidelis/kernel';
import type { ExternalIdEvent } from './external-id.events';
import { evolve, free, type ExternalId } from './external-id.state';

export * from './external-id.decide';
export * from './external-id.events';
export type { ExternalId } from './external-id.state';

export const externalId: Aggregate<ExternalId, ExternalIdEvent> = {
  category: 'externalId',
  initial: free,
  evolve,
};

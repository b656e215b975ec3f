import { assertInvariant, assertNever, type Aggregate } from '@fidelis/kernel';
import type { AllotmentEvent } from './allotment.events';

/**
 * How many of something were taken: the stock of a listing, copies of an offer in all or for one
 * participant. A counter in a stream of its own, so that offers and stores stay small and quiet.
 */
export interface Allotment {
  readonly taken: number;
}

export const allotmentAggregate: Aggregate<Allotment, AllotmentEvent> = {
  category: 'allotment',
  initial: { taken: 0 },
  evolve,
  snapshot: { version: 1, everyEvents: 500 },
};

function evolve(state: Allotment, event: AllotmentEvent): Allotment {
  switch (event.type) {
    case 'AllotmentTaken':
      return { taken: state.taken + event.data.quantity };
    case 'AllotmentGivenBack':
      assertInvariant(state.taken >= event.data.quantity, 'more given back than was taken');
      return { taken: state.taken - event.data.quantity };
    case 'AllotmentVoided':
      return state;
    default:
      return assertNever(event);
  }
}

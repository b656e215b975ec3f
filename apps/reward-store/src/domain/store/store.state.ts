import { assertInvariant, assertNever, type Aggregate } from '@fidelis/kernel';
import type { StoreEvent, StoreTerms } from './store.events';

export interface OpenedStore {
  readonly status: 'opened';
  readonly storeId: string;
  readonly version: number;
  readonly terms: StoreTerms;
}

export type Store = { readonly status: 'none' } | OpenedStore;

export const storeAggregate: Aggregate<Store, StoreEvent> = {
  category: 'store',
  initial: { status: 'none' },
  evolve,
};

function evolve(state: Store, event: StoreEvent): Store {
  switch (event.type) {
    case 'StoreOpened':
      return { status: 'opened', version: 1, ...event.data };
    case 'StoreRevised':
      assertInvariant(state.status === 'opened', 'StoreRevised before the store was opened');
      return { ...state, ...event.data };
    default:
      return assertNever(event);
  }
}

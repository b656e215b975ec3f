import {
  accepted,
  assertNever,
  canonicalJson,
  rejected,
  type Decision,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import type { Access, StoreEvent, StoreTerms } from './store.events';
import type { Store } from './store.state';

export type StoreRejection = Rejection & { readonly code: 'already_exists' };

export interface OpenStore {
  readonly storeId: string;
  readonly terms: StoreTerms;
}

export function openStore(
  { storeId, terms }: OpenStore,
  store: Store,
): Decision<StoreEvent, StoreRejection> {
  if (store.status === 'none') return accepted({ type: 'StoreOpened', data: { storeId, terms } });
  if (isSame(store.terms, terms)) return accepted();
  return rejected({ code: 'already_exists', detail: `store ${storeId} exists with other terms` });
}

export function reviseStore(
  { storeId, terms }: OpenStore,
  store: Store,
): Decision<StoreEvent, StoreRejection> {
  if (store.status === 'none') return openStore({ storeId, terms }, store);
  if (isSame(store.terms, terms)) return accepted();
  return accepted({ type: 'StoreRevised', data: { version: store.version + 1, terms } });
}

export function isActive({ activeFrom, activeTo }: StoreTerms, now: Instant): boolean {
  return (
    (activeFrom === undefined || activeFrom <= now) && (activeTo === undefined || now < activeTo)
  );
}

/** What the store knows of somebody at its door. */
export interface Visitor {
  readonly participantId: string;
  /** In the store's programme; absent: not a member. */
  readonly tier?: string | undefined;
  readonly groups: readonly string[];
  readonly territory?: string | undefined;
}

/** `satisfies` evaluates an expression: the language's implementation stays outside the domain. */
export function mayUse(
  access: Access,
  visitor: Visitor,
  satisfies: (expression: string, visitor: Visitor) => boolean,
): boolean {
  if (visitor.tier === undefined) return false;
  switch (access.type) {
    case 'all':
      return true;
    case 'tiers':
      return access.tiers.includes(visitor.tier);
    case 'invitation':
      return access.participantIds.includes(visitor.participantId);
    case 'expression':
      return satisfies(access.expression, visitor);
    default:
      return assertNever(access);
  }
}

function isSame(left: StoreTerms, right: StoreTerms): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

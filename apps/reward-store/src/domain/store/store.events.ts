// Stored format: add fields or upcast, never edit what was stored.
import type { Instant } from '@fidelis/kernel';

export type StoreEvent = StoreOpened | StoreRevised;

export interface StoreTerms {
  readonly name: string;
  readonly programId: string;
  /** Absent: evergreen. */
  readonly activeFrom?: Instant;
  /** Exclusive. */
  readonly activeTo?: Instant;
  readonly access: Access;
  /** The wallets whose points it takes; absent: all that are spendable. */
  readonly wallets?: readonly string[];
}

/** Who may use the store, among the members of its programme. */
export type Access =
  | { readonly type: 'all' }
  | { readonly type: 'tiers'; readonly tiers: readonly string[] }
  | { readonly type: 'invitation'; readonly participantIds: readonly string[] }
  | { readonly type: 'expression'; readonly expression: string };

export interface StoreOpened {
  readonly type: 'StoreOpened';
  readonly data: { readonly storeId: string; readonly terms: StoreTerms };
}

export interface StoreRevised {
  readonly type: 'StoreRevised';
  readonly data: { readonly version: number; readonly terms: StoreTerms };
}

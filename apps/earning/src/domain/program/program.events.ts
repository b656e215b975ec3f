// Stored format: add fields or upcast, never edit what is here.
import type { Day, Instant } from '@fidelis/kernel';
import type { Clawback, ExpiryPolicy, FinanceTerms, RedeemRate } from '@fidelis/ledger';

/** `points` points for every `per` minor units; 0 points: an entry tier that earns nothing. */
export interface EarnRate {
  readonly points: number;
  readonly per: number;
}

/** An offer that a ticket of this tier gives, from `minAmount` eligible minor units on. */
export interface EarnOffer {
  readonly offerId: string;
  readonly minAmount: number;
}

export interface Tier {
  readonly code: string;
  readonly name: string;
  /** Spend in the window, minor units, from which on the tier is held. */
  readonly threshold: number;
  readonly earn: EarnRate;
  readonly earnOffers: readonly EarnOffer[];
}

export interface TierPolicy {
  /** `net`: the eligible amount counts as spend; `gross`: plus the money paid with points. */
  readonly measure: 'net' | 'gross';
  /** `lifetime`, `calendar-year`, or an ISO 8601 duration: rolling. */
  readonly window: string;
  readonly downgrade: 'none' | 'one-level' | 'to-level';
  readonly noticeDays: number;
}

export interface Wallet {
  readonly code: string;
  readonly spendable: boolean;
  readonly maxBalance: number | null;
}

/** A programme's rules with every default filled in, as the API shows them. */
export interface ProgramTerms {
  readonly name: string;
  readonly type: 'multiple' | 'single';
  readonly currency: string;
  readonly timeZone: string;
  /** Both days included, in the programme's zone. */
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly autoEnrol: boolean;
  readonly enrolExisting: boolean;
  /** Empty: everyone. */
  readonly eligibility: {
    readonly groups: readonly string[];
    readonly territories: readonly string[];
  };
  /** By rising threshold; the first one is 0. */
  readonly tiers: readonly Tier[];
  readonly tierPolicy: TierPolicy;
  readonly redeem: RedeemRate;
  readonly expiry: ExpiryPolicy;
  readonly pending: string | null;
  readonly earnOn: 'gross-of-tax' | 'net-of-tax';
  readonly returns: { readonly clawback: Clawback; readonly restore: string };
  readonly wallets: readonly Wallet[];
  readonly finance?: FinanceTerms;
}

export interface ProgramDefined {
  readonly type: 'ProgramDefined';
  readonly data: {
    readonly programId: string;
    readonly version: 1;
    readonly effectiveFrom: Instant;
    readonly terms: ProgramTerms;
  };
}

/** A new version; what happened before `effectiveFrom` keeps the rules it had. */
export interface ProgramRevised {
  readonly type: 'ProgramRevised';
  readonly data: {
    readonly programId: string;
    readonly version: number;
    readonly effectiveFrom: Instant;
    readonly terms: ProgramTerms;
  };
}

export type ProgramEvent = ProgramDefined | ProgramRevised;

// Stored format: add or upcast, never edit.
import type { Instant } from '@fidelis/kernel';
import type { AccountTerms, Source } from '@fidelis/ledger';
import type {
  AccountAfter,
  DebtPart,
  DeclinedPart,
  GrantedLot,
  LotPart,
  LotSpend,
  RecordedAward,
} from './account.parts';

export type * from './account.parts';

/** `at`, in every event, is business time; when it was recorded is in the metadata. */
export interface AccountOpened {
  readonly type: 'AccountOpened';
  readonly data: {
    readonly accountId: string;
    readonly participantId: string;
    readonly programId: string;
    readonly sequence: number;
    readonly terms: AccountTerms;
    readonly at: Instant;
  };
}

export interface TermsReplaced {
  readonly type: 'TermsReplaced';
  readonly data: { readonly terms: AccountTerms; readonly at: Instant };
}

/** One award, or the consecutive awards that one batch brought; an award of 0 has no lots. */
export interface PointsAwarded {
  readonly type: 'PointsAwarded';
  readonly data: { readonly awards: readonly RecordedAward[]; readonly at: Instant };
}

/** The account took nothing of an award. */
export interface AwardDeclined {
  readonly type: 'AwardDeclined';
  readonly data: {
    readonly sequence: number;
    readonly source: Source;
    readonly declined: DeclinedPart;
    readonly wallet: string;
    readonly at: Instant;
  };
}

export interface PointsCredited {
  readonly type: 'PointsCredited';
  readonly data: {
    /** Absent: the wallet's maximum left no room. */
    readonly lot?: GrantedLot;
    readonly wallet: string;
    readonly source: Source;
    readonly reason: string;
    readonly reference?: string;
    readonly declined?: DeclinedPart;
    readonly at: Instant;
  };
}

export interface PointsDebited {
  readonly type: 'PointsDebited';
  readonly data: {
    readonly lots: readonly LotPart[];
    readonly source: Source;
    readonly reason: string;
    readonly reference?: string;
    readonly at: Instant;
  };
}

export interface PointsHeld {
  readonly type: 'PointsHeld';
  readonly data: {
    readonly holdId: string;
    readonly lots: readonly LotPart[];
    readonly expiresAt: Instant;
    readonly source: Source;
    readonly reference?: string;
    /** No entry of its own: the capture shows as one redemption. */
    readonly silent?: true;
    readonly at: Instant;
  };
}

export interface HoldCaptured {
  readonly type: 'HoldCaptured';
  readonly data: {
    readonly holdId: string;
    readonly lots: readonly LotPart[];
    /** Held, but not captured: free again. */
    readonly released: readonly LotPart[];
    readonly source: Source;
    readonly reference?: string;
    readonly silent?: true;
    readonly purchaseAmount?: number;
    readonly at: Instant;
  };
}

/** The hold had ended, the capture had to succeed: other lots paid, what was missing is owed. */
export interface CaptureForced {
  readonly type: 'CaptureForced';
  readonly data: Omit<HoldCaptured['data'], 'released'> & { readonly debt: readonly DebtPart[] };
}

export interface HoldReleased {
  readonly type: 'HoldReleased';
  readonly data: {
    readonly holdId: string;
    readonly lots: readonly LotPart[];
    readonly source: Source;
    readonly reference?: string;
    readonly silent?: true;
    readonly at: Instant;
  };
}

/** `at` is the hold's expiry. */
export interface HoldLapsed {
  readonly type: 'HoldLapsed';
  readonly data: HoldReleased['data'];
}

/** `at` is the instant at which these lots became active. */
export interface LotsActivated {
  readonly type: 'LotsActivated';
  readonly data: { readonly lots: readonly LotPart[]; readonly at: Instant };
}

/** `at` is the instant after the end of the lots' last day. */
export interface LotsExpired {
  readonly type: 'LotsExpired';
  readonly data: { readonly lots: readonly LotPart[]; readonly at: Instant };
}

/** Expired into another wallet instead of nothing. */
export interface LotsEscrowed {
  readonly type: 'LotsEscrowed';
  readonly data: {
    readonly lots: readonly LotPart[];
    readonly into: readonly LotPart[];
    readonly at: Instant;
  };
}

/** Points that came in, or became free, paid what the account owes. */
export interface DebtSettled {
  readonly type: 'DebtSettled';
  readonly data: {
    readonly payments: readonly { readonly lot: LotPart; readonly debt: DebtPart }[];
    readonly at: Instant;
  };
}

export interface AwardReversed {
  readonly type: 'AwardReversed';
  readonly data: {
    readonly sequence: number;
    readonly wallet: string;
    readonly lots: readonly LotPart[];
    readonly debt: readonly DebtPart[];
    readonly forgiven: number;
    /** Forgiven because these points had expired before; part of `forgiven`. */
    readonly forgivenExpired: number;
    /** The lots that the reversed award granted. */
    readonly ownLotIds: readonly string[];
    readonly source: Source;
    readonly at: Instant;
  };
}

/** Under `refuse`: points of the ticket are spent or held. Nothing moved. */
export interface ReversalRefused {
  readonly type: 'ReversalRefused';
  readonly data: {
    readonly sequence: number;
    readonly points: number;
    readonly spends: readonly LotSpend[];
    readonly source: Source;
    readonly at: Instant;
  };
}

export interface PointsRestored {
  readonly type: 'PointsRestored';
  readonly data: {
    readonly spendOperationId: string;
    /** With the dates they have from now on. */
    readonly lots: readonly LotPart[];
    readonly source: Source;
    readonly at: Instant;
  };
}

/** The account is closed: what was to come back does not. */
export interface RestoreDeclined {
  readonly type: 'RestoreDeclined';
  readonly data: {
    readonly spendOperationId: string;
    readonly points: number;
    readonly source: Source;
    readonly at: Instant;
  };
}

export interface AccountFrozen {
  readonly type: 'AccountFrozen';
  readonly data: { readonly reason: string; readonly at: Instant };
}

export interface AccountUnfrozen {
  readonly type: 'AccountUnfrozen';
  readonly data: { readonly reason: string; readonly at: Instant };
}

export interface AccountClosed {
  readonly type: 'AccountClosed';
  readonly data: { readonly reason: string; readonly at: Instant };
}

/** What a decision says happened. */
export type AccountFact =
  | AccountOpened
  | TermsReplaced
  | PointsAwarded
  | AwardDeclined
  | PointsCredited
  | PointsDebited
  | PointsHeld
  | HoldCaptured
  | CaptureForced
  | HoldReleased
  | HoldLapsed
  | LotsActivated
  | LotsExpired
  | LotsEscrowed
  | DebtSettled
  | AwardReversed
  | ReversalRefused
  | PointsRestored
  | RestoreDeclined
  | AccountFrozen
  | AccountUnfrozen
  | AccountClosed;

type WithAfter<Fact> = Fact extends { readonly type: infer Type; readonly data: infer Data }
  ? { readonly type: Type; readonly data: Data & { readonly after: AccountAfter } }
  : never;

/** As stored. */
export type AccountEvent = WithAfter<AccountFact>;

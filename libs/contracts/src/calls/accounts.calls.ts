import type { Instant } from '@fidelis/kernel';
import { defineCall, type Answered, type Operation } from '../call';
import type { AccountTerms, Clawback, Grant, LotShare, Source } from '../terms';

export interface ParticipantRef {
  readonly id?: string;
  readonly externalId?: string;
}

export interface ResolvedParticipant {
  /** The survivor's id where the participant was merged. */
  readonly participantId: string;
  readonly status: 'active' | 'erased';
  readonly groups: readonly string[];
  readonly territory?: string;
}

const accountOf = ({ accountId }: { readonly accountId: string }): string => accountId;

/** A hold's id begins with its account's, `<accountId>.<…>`: it is found without a look-up. */
export function accountOfHold(holdId: string): string {
  const dot = holdId.indexOf('.');
  return dot < 0 ? holdId : holdId.slice(0, dot);
}

/** Who a reference names; `null`: nobody. */
export const ResolveParticipant = defineCall<ParticipantRef, ResolvedParticipant | null>(
  'accounts',
  'resolve-participant',
  { standing: true, about: ({ id, externalId = '' }) => id ?? `ext:${externalId}` },
);

export interface OpenAccountRequest {
  readonly accountId: string;
  readonly participantId: string;
  /** The membership's command number, see `AwardRequest.sequence`. */
  readonly sequence: number;
  readonly terms: AccountTerms;
  readonly now: Instant;
  readonly operation: Operation;
}

/** Opens the account, or finds it open already. */
export const OpenAccount = defineCall<OpenAccountRequest, { readonly opened: true }>(
  'accounts',
  'open-account',
  { about: accountOf },
);

export interface AwardRequest {
  readonly accountId: string;
  /** Gapless per membership, from 1; the account applies n only after n - 1. */
  readonly sequence: number;
  readonly grants: readonly Grant[];
  readonly occurredAt: Instant;
  readonly source: Source;
  /** The ticket's total in minor units and its tier, shown on the entry. */
  readonly purchaseAmount?: number;
  readonly tier?: string;
  /** Of the programme when it decided: an account that knows an older one asks for its terms. */
  readonly programVersion?: number;
  readonly now: Instant;
  readonly operation: Operation;
}

export type AwardAnswer =
  | { readonly outcome: 'credited'; readonly lots: readonly LotShare[] }
  /** The account is closed or over its maximum; the ticket shows it. */
  | { readonly outcome: 'declined'; readonly code: string }
  /** An earlier command of the membership is still under way; it comes again by the topic. */
  | { readonly outcome: 'not-yet' };

export const AwardPoints = defineCall<AwardRequest, AwardAnswer>('accounts', 'award-points', {
  about: accountOf,
});

export interface ReverseAwardRequest {
  readonly accountId: string;
  readonly sequence: number;
  /** Lots that the ticket granted, oldest first; taken before any other. */
  readonly lotIds: readonly string[];
  readonly points: number;
  readonly clawback: Clawback;
  readonly wallet: string;
  readonly pointSource: string;
  readonly occurredAt: Instant;
  readonly source: Source;
  readonly now: Instant;
  readonly operation: Operation;
}

export interface Reversed {
  /** Without the forgiven ones. */
  readonly reversedPoints: number;
  readonly forgivenPoints: number;
}

/** Takes earned points back; under `refuse` answers `points_already_redeemed` with the spends. */
export const ReverseAward = defineCall<
  ReverseAwardRequest,
  Answered<Reversed> | { readonly ok: 'not-yet' }
>('accounts', 'reverse-award', { about: accountOf });

export interface HoldRequest {
  readonly accountId: string;
  readonly points: number;
  /** Takes lots of these wallets only; absent: of all that are spendable. */
  readonly wallets?: readonly string[];
  readonly expiresAt: Instant;
  readonly source: Source;
  readonly reference?: string;
  /** Shown as one `redeem` at capture; the hold itself is not an entry (tickets, offers). */
  readonly silent?: boolean;
  readonly now: Instant;
  readonly operation: Operation;
}

export interface Held {
  readonly holdId: string;
  readonly points: number;
  readonly expiresAt: Instant;
  readonly lots: readonly LotShare[];
}

export const HoldPoints = defineCall<HoldRequest, Answered<Held>>('accounts', 'hold-points', {
  about: accountOf,
});

export interface CaptureRequest {
  readonly holdId: string;
  /** Fewer than held: the rest is released. Absent: all. */
  readonly points?: number;
  /**
   * `true`: the capture must succeed (a recorded ticket, an accepted order). A lapsed hold takes
   * other lots, else the points become debt.
   */
  readonly force?: boolean;
  readonly source: Source;
  readonly occurredAt: Instant;
  readonly purchaseAmount?: number;
  readonly now: Instant;
  readonly operation: Operation;
}

export interface Captured {
  readonly holdId: string;
  readonly points: number;
  readonly releasedPoints: number;
  readonly lots: readonly LotShare[];
}

export const CaptureHold = defineCall<CaptureRequest, Answered<Captured>>(
  'accounts',
  'capture-hold',
  { about: ({ holdId }) => accountOfHold(holdId) },
);

export interface ReleaseRequest {
  readonly holdId: string;
  readonly now: Instant;
  readonly operation: Operation;
}

/** Releasing what lapsed or was released already is fine; what was captured is refused. */
export const ReleaseHold = defineCall<ReleaseRequest, Answered<{ readonly holdId: string }>>(
  'accounts',
  'release-hold',
  { about: ({ holdId }) => accountOfHold(holdId) },
);

export interface RestoreRequest {
  readonly accountId: string;
  /** The operation whose spend (capture or debit) is given back, wholly or in part. */
  readonly spendOperationId: string;
  readonly points: number;
  readonly source: Source;
  readonly occurredAt: Instant;
  readonly now: Instant;
  readonly operation: Operation;
}

/** Gives spent points back to the lots that paid them; more than was spent is refused. */
export const RestorePoints = defineCall<
  RestoreRequest,
  Answered<{ readonly restoredPoints: number; readonly declined?: boolean }>
>('accounts', 'restore-points', { about: accountOf });

export interface AccountSummary {
  readonly accountId: string;
  readonly participantId: string;
  readonly programId: string;
  readonly status: 'open' | 'frozen' | 'closed' | 'merged';
  readonly balance: {
    readonly available: number;
    readonly pending: number;
    readonly held: number;
    readonly total: number;
    readonly debt: number;
  };
  readonly terms: AccountTerms;
}

/** The account as of now; `null`: no such account. */
export const GetAccount = defineCall<
  { readonly accountId: string; readonly now: Instant },
  AccountSummary | null
>('accounts', 'get-account', { about: accountOf });

/** The pot that grants come from, by its id; `null`: nobody defined it. */
export const GetPointSource = defineCall<
  { readonly id: string },
  { readonly id: string; readonly name: string } | null
>('accounts', 'get-point-source');

/** Points of all accounts of one programme, wallet and point source; decimals of any length. */
export interface AccountTotal {
  readonly programId: string;
  readonly wallet: string;
  readonly pointSource: string;
  /** The debt is inside. */
  readonly total: string;
  readonly debt: string;
}

export interface AccountCensus {
  readonly accounts: number;
  /** Stored events that it has looked at. */
  readonly events: number;
  readonly totals: readonly AccountTotal[];
  /** Accounts whose parts do not add up; the first ones by name. */
  readonly unsound: readonly { readonly accountId: string; readonly reason: string }[];
  /** Holds that nobody released although they are due. */
  readonly overdueHolds: readonly {
    readonly accountId: string;
    readonly holdId: string;
    readonly expiresAt: Instant;
  }[];
}

/**
 * Counts all accounts from their streams, up to the store's head: finance compares its journal with
 * it. `dueBefore`: holds that expire before it and still stand are overdue.
 */
export const TakeAccountCensus = defineCall<{ readonly dueBefore: Instant }, AccountCensus>(
  'accounts',
  'take-account-census',
);

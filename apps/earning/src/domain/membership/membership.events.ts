// Stored format: add fields or upcast, never edit what is here.
import type { Day, Instant } from '@fidelis/kernel';
import type { AccountTerms, Clawback, Grant } from '@fidelis/ledger';

export interface MembershipOpened {
  readonly type: 'MembershipOpened';
  readonly data: {
    readonly accountId: string;
    readonly participantId: string;
    readonly programId: string;
    /** The first command to the account. */
    readonly sequence: 1;
    readonly terms: AccountTerms;
    readonly tier: string;
    readonly openedAt: Instant;
  };
}

/** What one rule gave, and why. Returns take back by what is recorded here, never by new rules. */
export interface Contribution {
  /** `tier:<code>` or `campaign:<id>`. */
  readonly rule: string;
  /** The programme's or the campaign's version. */
  readonly version: number;
  /** Minor units that the rule counted. */
  readonly base: number;
  readonly desired: number;
  readonly awarded: number;
  /** The rate, where the points are a rate of the base and nothing was cut. */
  readonly rate?: { readonly points: number; readonly per: number };
  /** Why less than desired was awarded. */
  readonly cut?: string;
  readonly pointSource: string;
}

export interface SkippedRule {
  readonly rule: string;
  readonly reason: string;
}

/** An offer that a rule gives with this ticket; its copy's id is derived, so it is issued once. */
export interface AwardedOffer {
  readonly issuedOfferId: string;
  readonly offerId: string;
  readonly participantId: string;
  readonly rule: string;
}

/** What one ticket earned in one programme; also recorded when it earned nothing. */
export interface TicketAwarded {
  readonly type: 'TicketAwarded';
  readonly data: {
    /** Of the membership's commands to its account: gapless. */
    readonly sequence: number;
    /** `<source>:<transaction id, percent-encoded>`. */
    readonly ticket: string;
    readonly transactionId: string;
    readonly occurredAt: Instant;
    /** Only where the ticket is dated ahead of the clock: the instant of the recording. */
    readonly assessedAt?: Instant;
    readonly programVersion: number;
    readonly total: number;
    /** The tax that does not earn; 0 where tax earns. */
    readonly untaxed: number;
    /** Money of the total that was paid with points. */
    readonly paidWithPoints: number;
    readonly eligible: number;
    /** What counts as spend, on `day`. */
    readonly measured: number;
    readonly day: Day;
    /** Rolling windows only: spend of earlier days is not needed any more. */
    readonly keepsDaysFrom?: Day;
    readonly tier: string;
    readonly tierBefore: string;
    readonly tierSince: Instant;
    readonly points: number;
    readonly grants: readonly Grant[];
    readonly contributions: readonly Contribution[];
    readonly skipped: readonly SkippedRule[];
    readonly offers: readonly AwardedOffer[];
  };
}

/** A return asks the account for points of a ticket; the account reverses or refuses. */
export interface AwardReversalRequested {
  readonly type: 'AwardReversalRequested';
  readonly data: {
    readonly sequence: number;
    readonly ticket: string;
    readonly transactionId: string;
    readonly returnId: string;
    /** The account's operation: one per wallet and point source. */
    readonly reversalOperationId: string;
    /** Lots that the ticket granted: taken before any other. */
    readonly lotIds: readonly string[];
    readonly occurredAt: Instant;
    readonly wallet: string;
    readonly pointSource: string;
    readonly points: number;
    readonly clawback: Clawback;
  };
}

/** The return was accepted: the spend falls, and the tier is the one that the rest earns. */
export interface AwardReversed {
  readonly type: 'AwardReversed';
  readonly data: {
    readonly ticket: string;
    readonly returnId: string;
    readonly occurredAt: Instant;
    /** Spend taken off, on the ticket's own day. */
    readonly unmeasured: number;
    readonly day: Day;
    readonly reversedPoints: number;
    readonly forgivenPoints: number;
    readonly tier: string;
    readonly tierBefore: string;
    readonly tierSince: Instant;
  };
}

export type MembershipEvent =
  MembershipOpened | TicketAwarded | AwardReversalRequested | AwardReversed;

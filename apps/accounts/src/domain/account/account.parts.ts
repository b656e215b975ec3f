// Stored within events: add or upcast, never edit.
import type { Day, Instant } from '@fidelis/kernel';
import type { Source } from '@fidelis/ledger';

/** Some points of one lot, with all it takes to find the lot, or to make it anew. */
export interface LotPart {
  readonly lotId: string;
  readonly points: number;
  /** What the lot had at its beginning. */
  readonly granted: number;
  readonly wallet: string;
  readonly pointSource: string;
  readonly grantedAt: Instant;
  readonly availableAt: Instant;
  readonly expiresOn?: Day;
  readonly expiresAt?: Instant;
  readonly toWallet?: string;
  readonly source: Source;
}

export interface GrantedLot extends Omit<LotPart, 'granted' | 'source'> {
  /** Not active yet when it was recorded: an activation follows. */
  readonly pending?: true;
}

/** What an account owes, or owed, in the name of one wallet and point source. */
export interface DebtPart {
  readonly wallet: string;
  readonly pointSource: string;
  readonly points: number;
}

/** Points that were not granted, and why. */
export interface DeclinedPart {
  readonly points: number;
  readonly code: 'account_closed' | 'max_balance_reached';
}

export interface RecordedAward {
  readonly sequence: number;
  readonly source: Source;
  readonly occurredAt: Instant;
  readonly purchaseAmount?: number;
  readonly tier?: string;
  readonly lots: readonly GrantedLot[];
  readonly declined?: DeclinedPart;
}

/** A spend, or a hold, of the lots in question. */
export interface LotSpend {
  readonly entryId: string;
  readonly points: number;
  readonly source: Source;
}

/**
 * The account after an event, stored with it: whoever reads the event alone (publishers, finance)
 * sees whose it is and what it led to. Folding does not look at it.
 */
export interface AccountAfter {
  readonly participantId: string;
  readonly programId: string;
  readonly wallets: Readonly<Record<string, WalletAfter>>;
  /** When time alone changes the account again; absent: never. */
  readonly nextDueAt?: Instant;
}

export interface WalletBalance {
  readonly pending: number;
  readonly available: number;
  readonly held: number;
  readonly debt: number;
}

export interface WalletAfter extends WalletBalance {
  /** By point source; `total` has the debt inside. */
  readonly sources: Readonly<Record<string, { readonly total: number; readonly debt: number }>>;
}

import type { Day, Instant } from '@fidelis/kernel';

/** `points` points are worth `worth` minor units of the programme's currency. */
export interface RedeemRate {
  readonly points: number;
  readonly worth: number;
}

export type ExpiryPolicy =
  | { readonly policy: 'never' }
  | {
      readonly policy: 'rolling';
      /** ISO 8601 duration, from the activation. */
      readonly after: string;
      readonly roundTo?: 'month' | 'quarter' | 'year';
      readonly toWallet?: string;
    }
  | {
      readonly policy: 'fixed';
      /** `MM-DD`; the next one after the activation. */
      readonly dates: readonly string[];
      readonly toWallet?: string;
    }
  | {
      readonly policy: 'inactivity';
      readonly after: string;
      /** 1-100: the share of the points that expires. */
      readonly percent: number;
      readonly toWallet?: string;
    };

export type Clawback = 'allow-negative' | 'within-balance' | 'refuse';

export interface WalletTerms {
  readonly code: string;
  readonly spendable: boolean;
  readonly maxBalance?: number;
}

export interface FinanceTerms {
  readonly expenseAccount?: string;
  readonly costCentre?: string;
  readonly costPerPoint?: { readonly amount: number; readonly points: number };
}

/** What an account must know of its programme; a version travels with the account's events. */
export interface AccountTerms {
  readonly programId: string;
  readonly version: number;
  readonly currency: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly redeem: RedeemRate;
  readonly expiry: ExpiryPolicy;
  /** ISO 8601 duration between grant and activation; absent: active at once. */
  readonly pending?: string;
  readonly clawback: Clawback;
  /** `original`, or the minimum validity (ISO 8601 duration) of restored points. */
  readonly restore: string;
  readonly wallets: readonly WalletTerms[];
  readonly finance?: FinanceTerms;
}

/** Points that a rule grants, with activation and expiry resolved by the programme's terms. */
export interface Grant {
  readonly points: number;
  readonly wallet: string;
  readonly pointSource: string;
  /** The ticket's `occurredAt`; a credit's: now. */
  readonly grantedAt: Instant;
  readonly availableAt: Instant;
  /** Inclusive: the points can be spent until the end of this day in the programme's zone. */
  readonly expiresOn?: Day;
  /** The first instant at which they cannot be spent any more (end of `expiresOn`). */
  readonly expiresAt?: Instant;
  /** Where points go instead of expiring to nothing. */
  readonly toWallet?: string;
}

/** What caused a movement: shown as an entry's `source`. */
export interface Source {
  readonly kind:
    | 'transaction'
    | 'return'
    | 'credit'
    | 'debit'
    | 'hold'
    | 'offer-purchase'
    | 'purchase'
    | 'reversal'
    | 'adjustment'
    | 'expiry'
    | 'activation'
    | 'transfer'
    | 'merge';
  readonly id: string;
}

export interface LotShare {
  readonly lotId: string;
  readonly points: number;
}

/**
 * The id of the `index`-th lot (from 0) that a membership's command grants. Both sides can tell it,
 * so a return finds its ticket's lots also when the answer to the award was lost.
 */
export function awardedLotId(award: {
  readonly accountId: string;
  readonly sequence: number;
  readonly index: number;
}): string {
  return `${award.accountId}.${award.sequence}.${award.index}`;
}

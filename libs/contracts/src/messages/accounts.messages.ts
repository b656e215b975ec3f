import type { Day, Instant } from '@fidelis/kernel';
import { defineMessage } from '../message';
import type { AccountTerms, LotShare, Source } from '../terms';

export const ACCOUNT_EVENTS = 'loyalty.accounts.account.events.v1';
export const PARTICIPANT_EVENTS = 'loyalty.accounts.participant.events.v1';

export type EntryType =
  | 'earn'
  | 'redeem'
  | 'hold'
  | 'release'
  | 'activate'
  | 'capture'
  | 'restore'
  | 'expire'
  | 'reverse'
  | 'adjust'
  | 'transfer-in'
  | 'transfer-out'
  | 'merge-in'
  | 'merge-out'
  | 'forgive';

/** One movement on an account, as its statement shows it. */
export interface LedgerEntry {
  readonly id: string;
  readonly type: EntryType;
  /** Signed change of `total`. */
  readonly points: number;
  /** Points moved where `points` is 0 (hold, release, activate, forgive). */
  readonly amount?: number;
  readonly wallet: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  /** The account's total after it. */
  readonly balanceAfter: number;
  readonly reason?: string;
  readonly reference?: string;
  readonly source: Source;
  readonly lots: readonly LotShare[];
  readonly actor?: string;
  readonly tier?: string;
  readonly purchaseAmount?: number;
  readonly expiresOn?: Day;
  /** Points that a wallet's maximum, or the account's end, kept out. */
  readonly declined?: { readonly points: number; readonly code: string };
  /** Change of `total` split by point source; sums to `points`. */
  readonly bySource: readonly { readonly pointSource: string; readonly points: number }[];
}

/** Every stored event of an account that moves points gives one; entries in statement order. */
export const EntriesRecordedV1 = defineMessage<{
  readonly accountId: string;
  readonly participantId: string;
  readonly programId: string;
  readonly revision: number;
  readonly entries: readonly LedgerEntry[];
  /** The whole account after this event. */
  readonly after: {
    readonly total: number;
    readonly debt: number;
    readonly held: number;
    readonly pending: number;
    readonly available: number;
    /** Per wallet, debt inside: sums to `total`. */
    readonly wallets: readonly { readonly wallet: string; readonly total: number }[];
    readonly bySource: readonly { readonly pointSource: string; readonly total: number }[];
  };
  /** The membership's commands that this event answers: an import's batch makes one event. */
  readonly awards?: readonly {
    readonly sequence: number;
    readonly outcome: 'credited' | 'declined';
  }[];
}>('accounts.entries-recorded.v1', ACCOUNT_EVENTS);

export const AccountOpenedV1 = defineMessage<{
  readonly accountId: string;
  readonly participantId: string;
  readonly programId: string;
  readonly revision: number;
  readonly terms: AccountTerms;
  readonly openedAt: Instant;
}>('accounts.account-opened.v1', ACCOUNT_EVENTS);

/** A later version of the programme's terms holds for the account from now on. */
export const AccountTermsReplacedV1 = defineMessage<{
  readonly accountId: string;
  readonly programId: string;
  readonly revision: number;
  readonly terms: AccountTerms;
  readonly replacedAt: Instant;
}>('accounts.account-terms-replaced.v1', ACCOUNT_EVENTS);

/** The account took none of an award: closed, or over its maximum. */
export const AwardDeclinedV1 = defineMessage<{
  readonly accountId: string;
  readonly programId: string;
  readonly revision: number;
  readonly sequence: number;
  readonly points: number;
  readonly code: string;
  readonly source: Source;
}>('accounts.award-declined.v1', ACCOUNT_EVENTS);

/** A forced capture found its hold lapsed: integrity lists it. */
export const CaptureForcedV1 = defineMessage<{
  readonly accountId: string;
  readonly revision: number;
  readonly holdId: string;
  readonly points: number;
  readonly debt: number;
}>('accounts.capture-forced.v1', ACCOUNT_EVENTS);

export const ParticipantRegisteredV1 = defineMessage<{
  readonly participantId: string;
  readonly groups: readonly string[];
  readonly territory?: string;
  readonly registeredAt: Instant;
}>('accounts.participant-registered.v1', PARTICIPANT_EVENTS);

import type { Day, Instant } from '@fidelis/kernel';
import { definePublicMessage } from '../message';
import { described, list, object, optional, shape, words, type Schema } from '../schema/schema';
import { accountTerms, lotShare, source } from '../schema/terms.schemas';
import {
  amountMinor,
  anyText,
  day,
  id,
  instant,
  points,
  revision,
  sequence,
  signedPoints,
} from '../schema/values';
import type { LotShare, Source } from '../terms';

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

const entryType: Schema<EntryType> = words(
  'earn',
  'redeem',
  'hold',
  'release',
  'activate',
  'capture',
  'restore',
  'expire',
  'reverse',
  'adjust',
  'transfer-in',
  'transfer-out',
  'merge-in',
  'merge-out',
  'forgive',
);

const entry = object<LedgerEntry>({
  id,
  type: entryType,
  points: described(signedPoints, 'Signed change of the account’s total'),
  amount: optional(
    described(points, 'Points moved where `points` is 0 (hold, release, activate, forgive)'),
  ),
  wallet: anyText,
  occurredAt: instant,
  recordedAt: instant,
  balanceAfter: described(signedPoints, 'The account’s total after it'),
  reason: optional(anyText),
  reference: optional(anyText),
  source,
  lots: list(lotShare),
  actor: optional(anyText),
  tier: optional(anyText),
  purchaseAmount: optional(amountMinor),
  expiresOn: optional(day),
  declined: optional(object<NonNullable<LedgerEntry['declined']>>({ points, code: anyText })),
  bySource: list(
    object<LedgerEntry['bySource'][number]>({ pointSource: anyText, points: signedPoints }),
  ),
});

const balanceAfter = shape({
  total: signedPoints,
  debt: points,
  held: points,
  pending: points,
  available: points,
  wallets: described(
    list(shape({ wallet: anyText, total: signedPoints })),
    'Debt inside: sums to `total`',
  ),
  bySource: list(shape({ pointSource: anyText, total: signedPoints })),
});

const outcome = words('credited', 'declined');

export const EntriesRecordedV1 = definePublicMessage({
  type: 'accounts.entries-recorded.v1',
  topic: ACCOUNT_EVENTS,
  summary:
    'Every stored event of an account that moves points gives one; entries in statement order.',
  schema: shape({
    accountId: id,
    participantId: id,
    programId: id,
    revision,
    entries: list(entry),
    after: described(balanceAfter, 'The whole account after this event'),
    awards: optional(
      described(
        list(shape({ sequence, outcome })),
        'The membership’s commands that this event answers: an import’s batch makes one event',
      ),
    ),
  }),
});

export const AccountOpenedV1 = definePublicMessage({
  type: 'accounts.account-opened.v1',
  topic: ACCOUNT_EVENTS,
  summary: 'A participant has an account in a programme.',
  schema: shape({
    accountId: id,
    participantId: id,
    programId: id,
    revision,
    terms: accountTerms,
    openedAt: instant,
  }),
});

export const AccountTermsReplacedV1 = definePublicMessage({
  type: 'accounts.account-terms-replaced.v1',
  topic: ACCOUNT_EVENTS,
  summary: 'A later version of the programme’s terms holds for the account from now on.',
  schema: shape({
    accountId: id,
    programId: id,
    revision,
    terms: accountTerms,
    replacedAt: instant,
  }),
});

export const AwardDeclinedV1 = definePublicMessage({
  type: 'accounts.award-declined.v1',
  topic: ACCOUNT_EVENTS,
  summary: 'The account took none of an award: closed, or over its maximum.',
  schema: shape({
    accountId: id,
    programId: id,
    revision,
    sequence,
    points,
    code: anyText,
    source,
  }),
});

export const CaptureForcedV1 = definePublicMessage({
  type: 'accounts.capture-forced.v1',
  topic: ACCOUNT_EVENTS,
  summary: 'A capture that had to succeed found its hold lapsed: integrity lists it.',
  schema: shape({
    accountId: id,
    revision,
    holdId: id,
    points,
    debt: points,
  }),
});

export const ParticipantRegisteredV1 = definePublicMessage({
  type: 'accounts.participant-registered.v1',
  topic: PARTICIPANT_EVENTS,
  summary: 'A participant is known; nothing personal.',
  schema: shape({
    participantId: id,
    groups: list(anyText),
    territory: optional(anyText),
    registeredAt: instant,
  }),
});

import {
  AccountOpenedV1,
  AccountTermsReplacedV1,
  AwardDeclinedV1,
  CaptureForcedV1,
  EntriesRecordedV1,
  ParticipantRegisteredV1,
  type AccountTerms,
} from '@fidelis/contracts';
import { describeGoldens } from '@fidelis/testing/golden';
import type { AccountEvent } from '../domain/account';
import type { ParticipantEvent } from '../domain/participant';
import { accountPublisher } from './account.publisher';
import { participantPublisher } from './participant.publisher';

const at = '2026-11-22T10:00:00.000Z';
const whose = { participantId: 'ana', programId: 'club' };
const nothing = { ...whose, wallets: {} };
const terms: AccountTerms = {
  programId: 'club',
  version: 1,
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  redeem: { points: 1, worth: 100 },
  expiry: { policy: 'rolling', after: 'P12M', roundTo: 'quarter', toWallet: 'escrow' },
  pending: 'P14D',
  clawback: 'allow-negative',
  restore: 'original',
  wallets: [{ code: 'points', spendable: true, maxBalance: 1_000 }],
  finance: {
    expenseAccount: '6100',
    costCentre: 'MKT',
    costPerPoint: { amount: 1, points: 1 },
  },
};
const after = (available: number, debt: number) => {
  const sources = { default: { total: available - debt, debt } };
  return { ...whose, wallets: { points: { pending: 0, available, held: 0, debt, sources } } };
};

const opened: AccountEvent = {
  type: 'AccountOpened',
  data: { accountId: 'acc', ...whose, sequence: 1, terms, at, after: nothing },
};
const replaced: AccountEvent = {
  type: 'TermsReplaced',
  data: {
    terms: { ...terms, version: 2, expiry: { policy: 'fixed', dates: ['03-31', '12-31'] } },
    at,
    after: nothing,
  },
};
const awarded: AccountEvent = {
  type: 'PointsAwarded',
  data: {
    awards: [
      {
        sequence: 2,
        source: { kind: 'transaction', id: '536365' },
        occurredAt: at,
        purchaseAmount: 1_000_000,
        tier: 'silver',
        lots: [
          {
            lotId: 'acc.2.0',
            points: 10,
            wallet: 'points',
            pointSource: 'default',
            grantedAt: at,
            availableAt: at,
            expiresOn: '2026-12-02',
            expiresAt: '2026-12-02T23:00:00.000Z',
          },
        ],
      },
    ],
    at,
    after: after(10, 0),
  },
};
const declined: AccountEvent = {
  type: 'AwardDeclined',
  data: {
    sequence: 3,
    source: { kind: 'transaction', id: '536366' },
    declined: { points: 5, code: 'max_balance_reached' },
    wallet: 'points',
    at,
    after: after(10, 0),
  },
};
const forced: AccountEvent = {
  type: 'CaptureForced',
  data: {
    holdId: 'acc.h1',
    lots: [
      {
        lotId: 'acc.2.0',
        points: 10,
        granted: 10,
        wallet: 'points',
        pointSource: 'default',
        grantedAt: at,
        availableAt: at,
        source: { kind: 'transaction', id: '536365' },
      },
    ],
    debt: [{ wallet: 'points', pointSource: 'default', points: 2 }],
    source: { kind: 'transaction', id: '536367' },
    at,
    after: after(0, 2),
  },
};
const registered: ParticipantEvent = {
  type: 'ParticipantRegistered',
  data: {
    participantId: 'ana',
    externalIdHash: 'a-keyed-hash',
    contentHash: 'another',
    groups: ['retail/online'],
    territory: 'BR/SP',
    at,
  },
};

const stream = 'account-acc';
describeGoldens(accountPublisher, [
  { contract: AccountOpenedV1, stream, revision: 0, event: opened },
  { contract: EntriesRecordedV1, stream, revision: 1, event: awarded },
  { contract: AwardDeclinedV1, stream, revision: 2, event: declined },
  { contract: AccountTermsReplacedV1, stream, revision: 3, event: replaced },
  { contract: CaptureForcedV1, stream, revision: 4, event: forced },
]);
describeGoldens(participantPublisher, [
  { contract: ParticipantRegisteredV1, stream: 'participant-ana', revision: 0, event: registered },
]);

import {
  AwardReversedV1,
  MembershipOpenedV1,
  OfferAwardedV1,
  PointsAwardedV1,
  TransactionRecordedV1,
} from '@fidelis/contracts';
import { describeGoldens } from '@fidelis/testing/golden';
import type { MembershipEvent } from '../domain/membership';
import type { TransactionEvent } from '../domain/transaction';
import { membershipPublisher } from './membership.publisher';
import { transactionPublisher } from './transaction.publisher';

const at = '2026-11-22T10:00:00.000Z';

const opened: MembershipEvent = {
  type: 'MembershipOpened',
  data: {
    accountId: 'acc',
    participantId: 'ana',
    programId: 'club',
    sequence: 1,
    terms: {
      programId: 'club',
      version: 1,
      currency: 'EUR',
      timeZone: 'Europe/Berlin',
      redeem: { points: 1, worth: 100 },
      expiry: { policy: 'never' },
      clawback: 'allow-negative',
      restore: 'P30D',
      wallets: [{ code: 'points', spendable: true }],
    },
    tier: 'bronze',
    openedAt: at,
  },
};
const awarded: MembershipEvent = {
  type: 'TicketAwarded',
  data: {
    sequence: 2,
    ticket: 'pos-7:536365',
    transactionId: '536365',
    occurredAt: at,
    programVersion: 1,
    total: 1_000_000,
    untaxed: 0,
    paidWithPoints: 0,
    eligible: 1_000_000,
    measured: 1_000_000,
    day: '2026-11-22',
    tier: 'silver',
    tierBefore: 'bronze',
    tierSince: at,
    points: 10,
    grants: [
      {
        points: 10,
        wallet: 'points',
        pointSource: 'default',
        grantedAt: at,
        availableAt: at,
        expiresOn: '2026-12-02',
        expiresAt: '2026-12-02T23:00:00.000Z',
      },
    ],
    contributions: [],
    skipped: [],
    offers: [
      { issuedOfferId: 'io-1', offerId: 'muffin', participantId: 'ana', rule: 'tier:silver' },
    ],
  },
};
const reversed: MembershipEvent = {
  type: 'AwardReversalRequested',
  data: {
    sequence: 3,
    ticket: 'pos-7:536365',
    transactionId: '536365',
    returnId: 'r1',
    reversalOperationId: 'pos-7:536365/return/r1/0',
    lotIds: ['acc.2.0'],
    occurredAt: at,
    wallet: 'points',
    pointSource: 'default',
    points: 4,
    clawback: 'within-balance',
  },
};
const recorded: TransactionEvent = {
  type: 'TransactionRecorded',
  data: {
    ticket: 'pos-7:536365',
    source: 'pos-7',
    transactionId: '536365',
    participantId: 'ana',
    storeId: 'S1',
    occurredAt: at,
    currency: 'EUR',
    total: 1_000_000,
    taxTotal: 0,
    lines: [{ lineId: '1', sku: '85123A', category: 'lights', quantity: 2, amount: 1_000_000 }],
    memberships: [{ programId: 'club', accountId: 'acc' }],
    offers: [{ issuedOfferId: 'io-1', discount: 300 }],
  },
};

const stream = 'membership-acc';
describeGoldens(membershipPublisher, [
  { contract: MembershipOpenedV1, stream, revision: 0, event: opened },
  { contract: PointsAwardedV1, stream, revision: 1, event: awarded },
  { contract: OfferAwardedV1, stream, revision: 1, event: awarded },
  { contract: AwardReversedV1, stream, revision: 2, event: reversed },
]);
describeGoldens(transactionPublisher, [
  {
    contract: TransactionRecordedV1,
    stream: 'transaction-pos-7:536365',
    revision: 0,
    event: recorded,
  },
]);

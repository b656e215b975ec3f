import {
  AccountOpenedV1,
  AccountTermsReplacedV1,
  AwardDeclinedV1,
  AwardPoints,
  AwardReversedV1,
  CaptureForcedV1,
  CaptureHold,
  EnrolParticipant,
  EntriesRecordedV1,
  GetAccount,
  GetMembership,
  HoldPoints,
  ListMemberships,
  MembershipOpenedV1,
  OpenAccount,
  ParticipantRegisteredV1,
  PointsAwardedV1,
  ReleaseHold,
  ResolveParticipant,
  RestorePoints,
  ReverseAward,
  TakeAccountCensus,
} from '@fidelis/contracts';
import type { ServiceFlow } from '@fidelis/service';
import { MEMBERSHIP_GROUP } from './inbound/membership-group';
import { accountPublisher } from './outbound/account.publisher';
import { participantPublisher } from './outbound/participant.publisher';

const consumed = { group: MEMBERSHIP_GROUP, handler: 'MembershipConsumer.apply' };

export const accountsFlow: ServiceFlow = {
  service: 'accounts',
  purpose: 'Who takes part, and every point they have: lots, holds, debts and the statement.',
  consumes: [
    { contract: MembershipOpenedV1, ...consumed },
    { contract: PointsAwardedV1, ...consumed },
    { contract: AwardReversedV1, ...consumed },
  ],
  answers: [
    ResolveParticipant,
    OpenAccount,
    AwardPoints,
    ReverseAward,
    HoldPoints,
    CaptureHold,
    ReleaseHold,
    RestorePoints,
    GetAccount,
    TakeAccountCensus,
  ],
  calls: [EnrolParticipant, ListMemberships, GetMembership],
  decides: [
    {
      aggregate: 'account',
      category: 'account',
      commands: [
        'openAccount',
        'awardPoints',
        'creditPoints',
        'debitPoints',
        'holdPoints',
        'captureHold',
        'releaseHold',
        'reverseAward',
        'restorePoints',
        'dueEvents',
      ],
      events: [
        'AccountOpened',
        'TermsReplaced',
        'PointsAwarded',
        'AwardDeclined',
        'PointsCredited',
        'PointsDebited',
        'PointsHeld',
        'HoldCaptured',
        'CaptureForced',
        'HoldReleased',
        'HoldLapsed',
        'LotsActivated',
        'LotsExpired',
        'LotsEscrowed',
        'DebtSettled',
        'AwardReversed',
        'ReversalRefused',
        'PointsRestored',
        'RestoreDeclined',
        'AccountFrozen',
        'AccountUnfrozen',
        'AccountClosed',
      ],
    },
    {
      aggregate: 'participant',
      category: 'participant',
      commands: ['registerParticipant', 'reviseProfile'],
      events: ['ParticipantRegistered', 'ProfileRevised'],
    },
    {
      aggregate: 'external id',
      category: 'externalId',
      commands: ['claimExternalId'],
      events: ['ExternalIdClaimed'],
    },
  ],
  projects: [
    {
      name: 'entries',
      categories: ['account'],
      purpose: 'the statements of all accounts in one list',
    },
  ],
  processes: [
    {
      name: 'account-due',
      categories: ['account'],
      purpose: 'records holds that lapse, lots that become active and lots that expire',
    },
    {
      name: 'participant-enrolment',
      categories: ['participant'],
      purpose: 'enrols whom a crash left without enrolment',
    },
  ],
  publishes: [
    {
      publisher: accountPublisher,
      contracts: [
        AccountOpenedV1,
        AccountTermsReplacedV1,
        EntriesRecordedV1,
        AwardDeclinedV1,
        CaptureForcedV1,
      ],
    },
    { publisher: participantPublisher, contracts: [ParticipantRegisteredV1] },
  ],
};

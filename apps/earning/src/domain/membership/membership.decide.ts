import {
  accepted,
  assertInvariant,
  rejected,
  type Day,
  type Decision,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import type { Clawback } from '@fidelis/ledger';
import type { ProgramVersion } from '../program';
import { awardOf, type AwardTicket } from './award';
import type {
  AwardReversalRequested,
  AwardReversed,
  MembershipOpened,
  TicketAwarded,
} from './membership.events';
import type { Membership } from './membership.state';
import { addSpend } from './spend';
import { tierEarnedAt } from './tier';

export interface OpenMembershipCommand {
  readonly accountId: string;
  readonly participantId: string;
  readonly program: ProgramVersion;
  readonly now: Instant;
}

export interface MembershipAbsent extends Rejection {
  readonly code: 'membership_absent';
}

/** Begins at the lowest tier; spend before it does not count. */
export function openMembership(
  { accountId, participantId, program, now }: OpenMembershipCommand,
  membership: Membership,
): Decision<MembershipOpened> {
  if (membership.status === 'open') return accepted();
  return accepted({
    type: 'MembershipOpened',
    data: {
      accountId,
      participantId,
      programId: program.programId,
      sequence: 1,
      terms: program.accountTerms,
      tier: program.terms.tiers[0]?.code ?? '',
      openedAt: now,
    },
  });
}

/** Records what a ticket earned, 0 included. The repository knows tickets that came before. */
export function awardTicket(
  command: AwardTicket,
  membership: Membership,
): Decision<TicketAwarded, MembershipAbsent> {
  if (membership.status === 'absent') return rejected(ABSENT);
  return accepted({ type: 'TicketAwarded', data: awardOf(command, membership) });
}

export interface RequestReversal {
  readonly ticket: string;
  readonly transactionId: string;
  readonly returnId: string;
  /** The return's operation; each account command's own is derived from it. */
  readonly operationId: string;
  readonly occurredAt: Instant;
  readonly clawback: Clawback;
  /** What to take back, per point source; lots that the ticket granted there. */
  readonly parts: readonly {
    readonly pointSource: string;
    readonly points: number;
    readonly lotIds: readonly string[];
  }[];
}

/** Numbers the commands by which the account takes points back. Nothing to take: no event. */
export function requestReversal(
  command: RequestReversal,
  membership: Membership,
): Decision<AwardReversalRequested, MembershipAbsent> {
  if (membership.status === 'absent') return rejected(ABSENT);
  const { ticket, transactionId, returnId, operationId, occurredAt, clawback } = command;
  const parts = command.parts.filter((part) => part.points > 0);
  return accepted(
    ...parts.map(({ pointSource, points, lotIds }, index): AwardReversalRequested => ({
      type: 'AwardReversalRequested',
      data: {
        sequence: membership.sequence + 1 + index,
        ticket,
        transactionId,
        returnId,
        reversalOperationId: index === 0 ? operationId : `${operationId}#${index}`,
        lotIds,
        occurredAt,
        wallet: 'points',
        pointSource,
        points,
        clawback,
      },
    })),
  );
}

export interface SettleReversal {
  readonly ticket: string;
  readonly returnId: string;
  readonly program: ProgramVersion;
  readonly occurredAt: Instant;
  /** Spend that this return takes off, on the ticket's own day. */
  readonly unmeasured: number;
  readonly day: Day;
  readonly reversedPoints: number;
  readonly forgivenPoints: number;
  readonly now: Instant;
}

/** The spend falls; the tier is what the rest earns, whatever `downgrade` says. */
export function settleReversal(
  command: SettleReversal,
  membership: Membership,
): Decision<AwardReversed, MembershipAbsent> {
  if (membership.status === 'absent') return rejected(ABSENT);
  const { ticket, returnId, program, unmeasured, day, now } = command;
  assertInvariant(unmeasured >= 0, `a return adds spend to ${membership.accountId}`);
  const spend = addSpend(membership.spend, { amount: -unmeasured, day });
  const occurredAt = command.occurredAt > now ? now : command.occurredAt;
  const { tier, tierSince } = tierEarnedAt({ ...membership, spend }, program.terms, occurredAt);
  const { reversedPoints, forgivenPoints } = command;
  return accepted({
    type: 'AwardReversed',
    data: {
      ticket,
      returnId,
      occurredAt,
      unmeasured,
      day,
      reversedPoints,
      forgivenPoints,
      tier,
      tierBefore: membership.tier,
      tierSince,
    },
  });
}

const ABSENT: MembershipAbsent = {
  code: 'membership_absent',
  detail: 'the participant is not in this programme',
};

import type { Enrolment, MembershipSummary } from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';
import type { AccountsService } from '../accounts.service';
import type { RegisteredParticipant } from '../domain/participant';
import { toAccountSummary } from './accounts.mapping';

/** A participant as the API shows them, with their accounts as of now. */
export async function participantView(
  service: AccountsService,
  participant: RegisteredParticipant,
  enrolment?: Enrolment,
): Promise<object> {
  const { participantId, status, registeredAt, groups, territory } = participant;
  const now = service.now();
  const [profile, memberships, loaded] = await Promise.all([
    service.participants.profileOf(participant),
    service.enrolments.of(participantId, now),
    service.participants.repository.load(participantId),
  ]);
  const accounts = await Promise.all(
    memberships.map((membership) => accountView(service, membership, now)),
  );
  return {
    id: participantId,
    status,
    groups,
    ...(territory !== undefined && { territory }),
    ...profile,
    registeredAt,
    revision: loaded.revision,
    accounts: accounts.flat(),
    ...(enrolment !== undefined && {
      enrolment: { result: enrolment.result, programIds: enrolment.programIds },
    }),
  };
}

async function accountView(
  service: AccountsService,
  { accountId, tier }: MembershipSummary,
  now: Instant,
): Promise<readonly object[]> {
  const { state } = await service.accounts.load(accountId);
  return state.status === 'none' ? [] : [toAccountSummary(state, { tier, now })];
}

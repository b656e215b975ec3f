import {
  GetAccount,
  ListMemberships,
  ResolveParticipant,
  type AccountSummary,
  type Answered,
  type ParticipantRef,
} from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import { no, yes } from './answers';

/** Who pays, from which account. */
export interface Buyer {
  readonly participantId: string;
  readonly account: AccountSummary;
}

export interface BuyerRef {
  /** Ours, or `ext:<externalId>`. */
  readonly participantId: string;
  /** Needed only by participants of several programmes. */
  readonly programId?: string;
}

const EXTERNAL = 'ext:';

export async function findBuyer(
  calls: ServiceCalls,
  ref: BuyerRef,
  now: Instant,
): Promise<Answered<Buyer>> {
  const participant = await calls.call(ResolveParticipant, toRef(ref.participantId));
  if (participant?.status !== 'active') {
    return no({ code: 'participant_not_found', detail: 'no such participant' });
  }
  const { participantId } = participant;
  const all = await calls.call(ListMemberships, { participantId, now });
  const memberships = all.filter(
    ({ programId }) => ref.programId === undefined || programId === ref.programId,
  );
  const [membership] = memberships;
  if (membership === undefined) {
    return no({ code: 'account_not_found', detail: 'the participant has no such account' });
  }
  if (memberships.length > 1) {
    return no({ code: 'program_required', detail: 'the participant is in several programmes' });
  }
  const { accountId } = membership;
  const account = await calls.call(GetAccount, { accountId, now });
  return account === null
    ? no({ code: 'account_not_found', detail: 'the account is not open yet' })
    : yes({ participantId, account });
}

/** Our id of whoever `ext:<externalId>` or an id of ours names; the survivor's after a merge. */
export async function findParticipantId(
  calls: ServiceCalls,
  participantId: string,
): Promise<string | undefined> {
  const found = await calls.call(ResolveParticipant, toRef(participantId));
  return found?.participantId;
}

function toRef(text: string): ParticipantRef {
  return text.startsWith(EXTERNAL) ? { externalId: text.slice(EXTERNAL.length) } : { id: text };
}

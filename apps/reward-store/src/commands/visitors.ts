import {
  GetAccount,
  ListMemberships,
  ResolveParticipant,
  type AccountSummary,
  type ParticipantRef,
} from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import { mayUse, type OpenedStore } from '../domain/store';
import { satisfies } from './access-expression';

/** A participant with all memberships: who stands before the stores. */
export interface Participant {
  readonly participantId: string;
  readonly groups: readonly string[];
  readonly territory?: string;
  readonly memberships: readonly Membership[];
}

export interface Membership {
  readonly accountId: string;
  readonly programId: string;
  readonly tier: string;
}

/** What other services know of participants. */
export class Visitors {
  constructor(private readonly calls: ServiceCalls) {}

  /** `undefined`: nobody. Of a merged participant it is the survivor. */
  async find(ref: ParticipantRef, now: Instant): Promise<Participant | undefined> {
    const resolved = await this.calls.call(ResolveParticipant, ref);
    if (resolved === null) return undefined;
    const { participantId, groups, territory } = resolved;
    const memberships = await this.calls.call(ListMemberships, { participantId, now });
    return { participantId, groups, memberships, ...(territory !== undefined && { territory }) };
  }

  /** The id that a participant goes by now; `undefined`: nobody. */
  async idOf(ref: ParticipantRef): Promise<string | undefined> {
    return (await this.calls.call(ResolveParticipant, ref))?.participantId;
  }

  async account(accountId: string, now: Instant): Promise<AccountSummary | undefined> {
    return (await this.calls.call(GetAccount, { accountId, now })) ?? undefined;
  }
}

/** The membership that opens the store to the participant; `undefined`: it stays closed. */
export function admittedBy(store: OpenedStore, participant: Participant): Membership | undefined {
  const { access, programId } = store.terms;
  const membership = participant.memberships.find((one) => one.programId === programId);
  const visitor = { ...participant, tier: membership?.tier };
  return mayUse(access, visitor, satisfies) ? membership : undefined;
}

import { AggregateRepository } from '@fidelis/aggregates';
import type { EventStore } from '@fidelis/event-store';
import { addMs, canonicalJson, eventually, type Eventually, type Instant } from '@fidelis/kernel';
import { claimExternalId, externalId as externalIdAggregate } from '../domain/external-id';
import {
  participant as participantAggregate,
  registerParticipant,
  reviseProfile,
  type ParticipantExists,
  type ParticipantNotFound,
  type RegisteredParticipant,
} from '../domain/participant';
import type { KeyedHash } from '../personal/keyed-hash';
import type { PersonalData } from '../personal/personal-data';
import type { Profile } from '../personal/profile';

export type ParticipantRef = { readonly id: string } | { readonly externalId: string };

export interface Registration {
  /** The client's own id. */
  readonly id?: string;
  /** Taken when the client gives none; the same for a repeated request. */
  readonly newId: string;
  readonly profile: Profile;
  readonly now: Instant;
  readonly actor?: string;
}

export type Registered =
  | { readonly outcome: 'created' | 'exists'; readonly participant: RegisteredParticipant }
  | { readonly outcome: 'rejected'; readonly rejection: ParticipantExists };

export interface Revised {
  readonly participant: RegisteredParticipant;
  readonly revision: number;
}

/** A registration that takes longer than this was given up: its external id is free again. */
const ABANDONED_AFTER_MS = 60_000;

/**
 * Who takes part. Registering writes in this order, so that a crash leaves nothing half done that
 * the same request would not complete: the claim of the external id, the personal data, the event.
 */
export class Participants {
  readonly repository;
  private readonly externalIds;

  constructor(
    store: EventStore,
    private readonly personal: PersonalData,
    private readonly hash: KeyedHash,
  ) {
    this.repository = new AggregateRepository(store, participantAggregate);
    this.externalIds = new AggregateRepository(store, externalIdAggregate);
  }

  async register(registration: Registration): Promise<Registered> {
    const { profile, now } = registration;
    const contentHash = this.hash.ofContent(canonicalJson(profile));
    const externalIdHash =
      profile.externalId === undefined ? undefined : this.hash.ofExternalId(profile.externalId);
    const participantId = await this.idFor(registration, externalIdHash);
    const { state } = await this.repository.load(participantId);
    if (state.status === 'none') {
      const holder =
        externalIdHash === undefined
          ? participantId
          : await this.claim(externalIdHash, participantId, now);
      if (holder !== participantId) return this.whenClaimed(registration);
      await this.personal.put({ participantId, contentHash, profile }, true);
    }
    const handled = await this.repository.handle({
      id: participantId,
      operation: operationOf(`register:${participantId}`, contentHash, registration.actor),
      now,
      decide: (participant) =>
        registerParticipant(
          {
            participantId,
            ...(externalIdHash !== undefined && { externalIdHash }),
            contentHash,
            groups: profile.groups,
            ...(profile.territory !== undefined && { territory: profile.territory }),
            now,
          },
          participant,
        ),
    });
    if (handled.outcome === 'rejected') return { outcome: 'rejected', rejection: otherContent };
    await handled.durable;
    const participant = handled.state as RegisteredParticipant;
    return { outcome: handled.outcome === 'accepted' ? 'created' : 'exists', participant };
  }

  /** The new profile as a whole. */
  async revise(
    participantId: string,
    change: { readonly profile: Profile; readonly now: Instant; readonly operationId: string },
  ): Promise<Revised | ParticipantNotFound> {
    const { profile, now, operationId } = change;
    const contentHash = this.hash.ofContent(canonicalJson(profile));
    await this.personal.put({ participantId, contentHash, profile }, false);
    const { groups, territory } = profile;
    const handled = await this.repository.handle({
      id: participantId,
      operation: operationOf(operationId, contentHash),
      now,
      decide: (participant) =>
        reviseProfile(
          { contentHash, groups, ...(territory !== undefined && { territory }), now },
          participant,
        ),
    });
    if (handled.outcome === 'rejected') {
      return { code: 'participant_not_found', detail: handled.rejection.detail };
    }
    await handled.durable;
    const participant = handled.state as RegisteredParticipant;
    await this.settleProfile(participantId);
    return { participant, revision: handled.revision };
  }

  /**
   * Shows the profile that the last event names and deletes those that earlier ones named. What no
   * event names yet is another request's, which is about to record it.
   */
  async settleProfile(participantId: string): Promise<void> {
    const { state, revision } = await this.repository.load(participantId);
    if (state.status === 'none') return;
    const former = new Set<string>();
    if (revision > 0) {
      for await (const { data } of this.repository.events(participantId)) {
        former.add(data.contentHash);
      }
      former.delete(state.contentHash);
    }
    await this.personal.settle(participantId, state.contentHash, [...former]);
  }

  find(ref: ParticipantRef): Eventually<RegisteredParticipant | undefined> {
    if ('id' in ref) return this.byId(ref.id);
    const externalIdHash = this.hash.ofExternalId(ref.externalId);
    return eventually(this.externalIds.load(externalIdHash), ({ state }) =>
      state.status === 'free'
        ? undefined
        : eventually(this.byId(state.participantId), (found) =>
            found?.externalIdHash === externalIdHash ? found : undefined,
          ),
    );
  }

  profileOf(participant: RegisteredParticipant): Promise<Profile | undefined> {
    return this.personal.find(participant.participantId, participant.contentHash);
  }

  private byId(id: string): Eventually<RegisteredParticipant | undefined> {
    return eventually(this.repository.load(id), ({ state }) =>
      state.status === 'none' ? undefined : state,
    );
  }

  /** A request without an id that was interrupted goes on under the id that it claimed for. */
  private async idFor(registration: Registration, externalIdHash?: string): Promise<string> {
    if (registration.id !== undefined) return registration.id;
    if (externalIdHash === undefined) return registration.newId;
    const { state } = await this.externalIds.load(externalIdHash);
    return state.status === 'claimed' ? state.participantId : registration.newId;
  }

  /** Another request claimed it after the look: with the same content both name one participant. */
  private async whenClaimed(registration: Registration): Promise<Registered> {
    return registration.id === undefined
      ? this.register(registration)
      : { outcome: 'rejected', rejection: externalIdExists };
  }

  /** The participant whom the external id names now. */
  private async claim(hash: string, participantId: string, now: Instant): Promise<string> {
    const abandonedBy = await this.abandonedHolderOf(hash, now);
    const handled = await this.externalIds.handle({
      id: hash,
      operation: { id: `claim:${participantId}` },
      now,
      decide: (externalId) =>
        claimExternalId(
          { participantId, now, ...(abandonedBy !== undefined && { abandonedBy }) },
          externalId,
        ),
    });
    const lost = handled.outcome === 'rejected' && handled.rejection.code === 'external_id_taken';
    return lost ? handled.rejection.participantId : participantId;
  }

  private async abandonedHolderOf(hash: string, now: Instant): Promise<string | undefined> {
    const { state } = await this.externalIds.load(hash);
    if (state.status === 'free' || addMs(state.at, ABANDONED_AFTER_MS) > now) return undefined;
    const holder = await this.byId(state.participantId);
    return holder?.externalIdHash === hash ? undefined : state.participantId;
  }
}

const otherContent: ParticipantExists = {
  code: 'already_exists',
  detail: 'this participant is registered with another content',
};

const externalIdExists: ParticipantExists = {
  code: 'already_exists',
  detail: 'this external id names another participant',
};

/** The fingerprint is keyed too: a plain hash of a name could be tried. */
function operationOf(id: string, contentHash: string, actor?: string) {
  return { id, fingerprint: contentHash, ...(actor !== undefined && { actor }) };
}

import { accepted, rejected, type Decision, type Instant } from '@fidelis/kernel';
import type { ExternalIdEvent } from './external-id.events';
import type { ExternalId } from './external-id.state';

export interface ExternalIdTaken {
  readonly code: 'external_id_taken';
  readonly detail: string;
  readonly participantId: string;
}

export interface ClaimExternalId {
  readonly participantId: string;
  /** A claim by this participant came to nothing: its registration was refused or never ended. */
  readonly abandonedBy?: string;
  readonly now: Instant;
}

/** The first one has it. Claimed before the registration, so that two never share one. */
export function claimExternalId(
  command: ClaimExternalId,
  externalId: ExternalId,
): Decision<ExternalIdEvent, ExternalIdTaken> {
  const { participantId, abandonedBy, now: at } = command;
  if (externalId.status === 'claimed') {
    if (externalId.participantId === participantId) return accepted();
    if (externalId.participantId !== abandonedBy) {
      return rejected({
        code: 'external_id_taken',
        detail: 'this external id names another participant',
        participantId: externalId.participantId,
      });
    }
  }
  return accepted({ type: 'ExternalIdClaimed', data: { participantId, at } });
}

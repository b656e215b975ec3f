import { validationFailed } from '@fidelis/http';
import type { Profile } from '../personal/profile';
import type { RegisterParticipantBody, ReviseParticipantBody } from './participants.requests';

export function toProfile(body: RegisterParticipantBody): Profile {
  const { externalId, name, type = 'person', groups = [] } = body;
  const { email, phone, birthDate, territory, attributes } = body;
  return {
    ...(externalId !== undefined && { externalId }),
    name,
    type,
    ...(email != null && { email }),
    ...(phone != null && { phone }),
    ...(birthDate != null && { birthDate }),
    groups: [...new Set(groups)],
    ...(territory != null && { territory }),
    ...(attributes != null && { attributes }),
  };
}

/** What the body does not name stays as it is. */
export function revised(profile: Profile, body: ReviseParticipantBody): Profile {
  const given: Partial<ReviseParticipantBody> = Object.assign({}, body);
  return toProfile({ ...profile, groups: [...profile.groups], ...given });
}

/** A path that begins with `ext:` names an external id, so no id may. */
export function requireUsableId(id: string | undefined): void {
  if (id?.startsWith('ext:') !== true) return;
  const detail = 'id must not begin with ext:';
  throw validationFailed([{ pointer: '/id', code: 'identifier', detail }]);
}

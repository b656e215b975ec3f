import { validationFailed } from './problems/common-problems';

export type ParticipantRef = { readonly id: string } | { readonly externalId: string };

/** `ext:<externalId>` or our own id, as paths name a participant. */
export function toParticipantRef(text: string): ParticipantRef {
  if (!text.startsWith('ext:')) return { id: text };
  const externalId = text.slice('ext:'.length);
  if (externalId !== '') return { externalId };
  const detail = 'ext: must be followed by an external id';
  throw validationFailed([{ pointer: '/path/id', code: 'identifier', detail }]);
}

import { decider } from '@fidelis/testing';
import { participant, registerParticipant, reviseProfile, type Participant } from './index';

const given = decider(participant);
const now = '2026-11-22T12:00:00.000Z';

const register = (contentHash: string) => (state: Participant) =>
  registerParticipant(
    {
      participantId: 'p1',
      externalIdHash: 'x',
      contentHash,
      groups: ['retail'],
      territory: 'BR',
      now,
    },
    state,
  );
const revise = (contentHash: string, groups: string[]) => (state: Participant) =>
  reviseProfile({ contentHash, groups, now }, state);

describe('a participant', () => {
  it('is registered once; the same content again changes nothing', () => {
    given().when(register('a')).thenTypes('ParticipantRegistered').thenAgainNothing();
  });

  it('is not registered again with another content', () => {
    given().when(register('a')).when(register('b')).thenRejected({ code: 'already_exists' });
  });

  it('keeps the answer to its registration after its profile was revised', () => {
    const { state } = given()
      .when(register('a'))
      .when(revise('b', ['retail/gold']))
      .thenTypes('ProfileRevised')
      .thenAgainNothing()
      .when(register('a'))
      .then();
    expect(state).toMatchObject({ contentHash: 'b', groups: ['retail/gold'] });
    expect(state).not.toHaveProperty('territory');
  });

  it('must exist to be revised', () => {
    given().when(revise('b', [])).thenRejected({ code: 'participant_not_found' });
  });
});

import { decider } from '@fidelis/testing';
import { claimExternalId, externalId, type ExternalId } from './index';

const given = decider(externalId);
const now = '2026-11-22T12:00:00.000Z';

const claim = (participantId: string, abandonedBy?: string) => (state: ExternalId) =>
  claimExternalId({ participantId, now, ...(abandonedBy !== undefined && { abandonedBy }) }, state);

describe('an external id', () => {
  it('names the first one who claims it', () => {
    given().when(claim('p1')).thenTypes('ExternalIdClaimed').thenAgainNothing();
    given()
      .when(claim('p1'))
      .when(claim('p2'))
      .thenRejected({ code: 'external_id_taken', participantId: 'p1' });
  });

  it('may be claimed from a registration that came to nothing, by its name only', () => {
    given().when(claim('p1')).when(claim('p2', 'p1')).thenTypes('ExternalIdClaimed');
    given().when(claim('p1')).when(claim('p2', 'p3')).thenRejected({ code: 'external_id_taken' });
  });
});

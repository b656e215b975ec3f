import { decider } from '@fidelis/testing';
import { definePointSource, pointSourceAggregate, type PointSource } from './index';

const given = decider(pointSourceAggregate);
const now = '2026-11-22T12:00:00.000Z';

const define = (name: string) => (state: PointSource) =>
  definePointSource({ pointSourceId: 'partner', name, now }, state);

describe('a point source', () => {
  it('is defined once; the same again changes nothing', () => {
    given()
      .when(define('Partner'))
      .then({
        type: 'PointSourceDefined',
        data: { pointSourceId: 'partner', name: 'Partner', at: now },
      })
      .thenAgainNothing();
  });

  it('keeps its name', () => {
    given().when(define('Partner')).when(define('Other')).thenRejected({ code: 'already_exists' });
  });
});

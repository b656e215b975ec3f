import {
  giveBackAllotment,
  remainderOf,
  takeAllotment,
  voidAllotment,
  type Limit,
} from './allotment.decide';
import type { AllotmentEvent } from './allotment.events';
import { allotmentAggregate, type Allotment } from './allotment.state';

const lastOne: Limit = { allotmentId: 'listing', max: 1, code: 'out_of_stock' };
const one: AllotmentEvent = { type: 'AllotmentTaken', data: { quantity: 1 } };
const given = (...events: AllotmentEvent[]): Allotment =>
  events.reduce(allotmentAggregate.evolve, allotmentAggregate.initial);

describe('an allotment', () => {
  it('gives the last one to the first who asks', () => {
    const command = { limit: lastOne, quantity: 1 };
    expect(takeAllotment(command, given())).toEqual({ outcome: 'accepted', events: [one] });
    expect(takeAllotment(command, given(one))).toMatchObject({
      rejection: { code: 'out_of_stock', available: 0, requested: 1 },
    });
  });

  it('gives all of what is asked for, or nothing', () => {
    const limit: Limit = { ...lastOne, max: 3, code: 'limit_reached' };
    expect(takeAllotment({ limit, quantity: 3 }, given(one))).toMatchObject({
      rejection: { code: 'limit_reached', available: 2, requested: 3 },
    });
  });

  it('can be had again after it was given back', () => {
    const back = giveBackAllotment({ quantity: 1 }, given(one));
    expect(back).toMatchObject({ events: [{ type: 'AllotmentGivenBack', data: { quantity: 1 } }] });
    const state = given(one, { type: 'AllotmentGivenBack', data: { quantity: 1 } });
    expect(takeAllotment({ limit: lastOne, quantity: 1 }, state)).toMatchObject({ events: [one] });
  });

  it('loses nothing to a taking that never came', () => {
    expect(voidAllotment()).toMatchObject({ events: [{ type: 'AllotmentVoided' }] });
    expect(remainderOf(lastOne, given({ type: 'AllotmentVoided', data: {} }))).toBe(1);
  });

  it('has nothing left when its limit was lowered below what was taken', () => {
    expect(remainderOf({ ...lastOne, max: 1 }, given(one, one))).toBe(0);
  });
});

import type { OfferTerms } from '../offer';
import * as decide from './issued-offer.decide';
import type {
  IssuedOfferEvent,
  IssuedOfferRedeemed,
  OfferIssued,
  OfferIssueDeclined,
} from './issued-offer.events';
import { isIssued, issuedOfferAggregate, statusAt, type IssuedOffer } from './issued-offer.state';
import { fromTicketName, isSameTicket, toTicketName } from './ticket-name';

const terms: OfferTerms = {
  name: 'Buy a coffee, get a muffin free',
  benefit: {
    type: 'buyXGetY',
    buy: { skus: ['coffee'], quantity: 1 },
    get: { skus: ['muffin'], quantity: 1, percentBps: 10_000 },
  },
  issuance: {},
  redemption: { validity: { type: 'duration', after: 'P10D' } },
};
const MONDAY = '2026-11-23T10:00:00.000Z';
const QUARTER_PAST = '2026-11-23T10:15:00.000Z';
const END = '2026-12-03T10:00:00.000Z';

const copy = {
  issuedOfferId: 'io-1',
  offerId: 'muffin',
  version: 1,
  terms,
  participantId: 'anna',
  code: '7K3Q-9MXT-4RWD',
  reason: { kind: 'grant', id: 'op-1' },
  issuedAt: MONDAY,
} as const;
const issued: OfferIssued = { type: 'OfferIssued', data: { ...copy, expiresAt: END } };
const lines = [
  { lineId: '1', sku: 'coffee', quantity: 1, amount: 350 },
  { lineId: '2', sku: 'muffin', quantity: 1, amount: 280 },
];
const discount = { amount: 280, lines: [{ lineId: '2', amount: 280 }] };
const locked: IssuedOfferEvent = {
  type: 'IssuedOfferLocked',
  data: { ticket: 'pos-7:100', discount, lockedAt: MONDAY, lockExpiresAt: QUARTER_PAST },
};
const redeemed: IssuedOfferRedeemed = {
  type: 'IssuedOfferRedeemed',
  data: { ticket: 'pos-7:100', discount, redeemedAt: MONDAY },
};
const revoked: IssuedOfferEvent = {
  type: 'IssuedOfferRevoked',
  data: { reason: 'fraud', revokedAt: MONDAY },
};
const unlocked = (reason: 'unlocked' | 'timed-out'): IssuedOfferEvent => ({
  type: 'IssuedOfferUnlocked',
  data: { ticket: 'pos-7:100', reason },
});

const given = (...events: IssuedOfferEvent[]): IssuedOffer =>
  events.reduce(issuedOfferAggregate.evolve, issuedOfferAggregate.initial);
const statusOf = (now: string, ...events: IssuedOfferEvent[]) => {
  const state = given(...events);
  return isIssued(state) ? statusAt(state, now) : state.status;
};
const done = { outcome: 'accepted', events: [] };
const then = (...events: IssuedOfferEvent[]) => ({ outcome: 'accepted', events });
const refused = (code: string, status?: string) =>
  expect.objectContaining({
    rejection: expect.objectContaining({ code, ...(status !== undefined && { status }) }),
  });

const lock = { ticket: 'pos-7:100', lines, now: MONDAY, lockExpiresAt: QUARTER_PAST };
const use = { ticket: 'pos-7:100', lines, now: MONDAY };

describe('issuing an offer', () => {
  it('makes one copy, valid for ten days, however often it is asked for', () => {
    expect(decide.issueOffer(copy, given())).toEqual(then(issued));
    expect(decide.issueOffer({ ...copy, code: 'other' }, given(issued))).toEqual(done);
  });
});

describe('a copy of a limited offer', () => {
  const data = {
    ...copy,
    limits: [{ allotmentId: 'total:muffin', max: 1, code: 'out_of_stock' } as const],
  };
  const requested: IssuedOfferEvent = { type: 'OfferIssueRequested', data };

  it("is requested once, and is nobody's until it is issued", () => {
    expect(decide.requestIssue(data, given())).toEqual(then(requested));
    expect(decide.requestIssue(data, given(requested))).toEqual(done);
    expect(decide.lockOffer(lock, given(requested))).toEqual(refused('not_found'));
    expect(decide.issueOffer(copy, given(requested))).toEqual(then(issued));
    expect(statusOf(MONDAY, requested, issued)).toBe('issued');
  });
});

describe('an offer that a rule could not give', () => {
  const declined: OfferIssueDeclined = {
    type: 'OfferIssueDeclined',
    data: {
      issuedOfferId: 'io-1',
      offerId: 'muffin',
      participantId: 'anna',
      reason: { kind: 'campaign', id: 'pos-7:100' },
      code: 'out_of_stock',
      detail: '0 left, 1 asked for',
      declinedAt: MONDAY,
    },
  };

  it('is declined once, and stays declined when the stock is filled again', () => {
    expect(decide.declineIssue(declined.data, given())).toEqual(then(declined));
    expect(decide.declineIssue(declined.data, given(declined))).toEqual(done);
    expect(decide.issueOffer(copy, given(declined))).toEqual(refused('out_of_stock'));
    expect(decide.lockOffer(lock, given(declined))).toEqual(refused('not_found'));
  });
});

describe('locking an issued offer', () => {
  it('answers the discount: the muffin at 2.80', () => {
    expect(decide.lockOffer(lock, given(issued))).toEqual(then(locked));
    expect(decide.lockOffer(lock, given(issued, locked))).toEqual(done);
  });

  it('again with the same ticket updates the lock', () => {
    const without = { ...lock, lines: lines.slice(0, 1), now: '2026-11-23T10:05:00.000Z' };
    expect(decide.lockOffer(without, given(issued, locked))).toMatchObject({
      events: [{ type: 'IssuedOfferLocked', data: { discount: { amount: 0, lines: [] } } }],
    });
  });

  it('with another ticket is refused, until the lock has timed out', () => {
    const other = { ...lock, ticket: 'pos-7:200' };
    expect(decide.lockOffer(other, given(issued, locked))).toEqual(
      refused('offer_locked_elsewhere'),
    );
    const later = { ...other, now: QUARTER_PAST, lockExpiresAt: '2026-11-23T10:30:00.000Z' };
    expect(decide.lockOffer(later, given(issued, locked))).toMatchObject({
      events: [unlocked('timed-out'), { type: 'IssuedOfferLocked', data: { ticket: 'pos-7:200' } }],
    });
  });

  it('that is redeemed by this very ticket is fine, by another it is refused', () => {
    expect(decide.lockOffer(lock, given(issued, redeemed))).toEqual(done);
    const other = { ...lock, ticket: 'pos-7:200' };
    expect(decide.lockOffer(other, given(issued, redeemed))).toEqual(
      refused('offer_not_redeemable', 'redeemed'),
    );
  });

  it('that is expired or revoked is refused with its status', () => {
    const late = { ...lock, now: END };
    expect(decide.lockOffer(late, given(issued))).toEqual(
      refused('offer_not_redeemable', 'expired'),
    );
    expect(decide.lockOffer(lock, given(issued, revoked))).toEqual(
      refused('offer_not_redeemable', 'revoked'),
    );
  });

  it('before its validity, or in another store, is refused', () => {
    const tomorrow: IssuedOfferEvent = {
      ...issued,
      data: { ...issued.data, validFrom: '2026-11-24T00:00:00.000Z' },
    };
    expect(decide.lockOffer(lock, given(tomorrow))).toEqual(
      refused('offer_not_redeemable', 'issued'),
    );
    const redemption = { ...terms.redemption, stores: ['S1'] };
    const onlyS1: IssuedOfferEvent = {
      ...issued,
      data: { ...issued.data, terms: { ...terms, redemption } },
    };
    expect(decide.lockOffer({ ...lock, storeId: 'S2' }, given(onlyS1))).toEqual(
      refused('offer_not_redeemable', 'issued'),
    );
    expect(decide.lockOffer({ ...lock, storeId: 'S1' }, given(onlyS1))).toMatchObject({
      events: [{ type: 'IssuedOfferLocked' }],
    });
  });

  it('knows a ticket with and without its source', () => {
    expect(isSameTicket('100', 'pos-7:100')).toBe(true);
    expect(isSameTicket('pos-8:100', 'pos-7:100')).toBe(false);
  });

  it('tells tickets apart whose ids have colons', () => {
    const [a100, ofPos7] = [toTicketName('a:100', undefined), toTicketName('a:100', 'pos-7')];
    expect(isSameTicket(a100, ofPos7)).toBe(true);
    // A till may mean ticket 100 of source a, in one field.
    expect(isSameTicket(a100, toTicketName('100', 'a'))).toBe(true);
    expect(isSameTicket(ofPos7, toTicketName('100', 'a'))).toBe(false);
    expect(isSameTicket(a100, toTicketName('100', 'b'))).toBe(false);
    expect(fromTicketName(a100)).toBe('a:100');
  });
});

describe('unlocking an issued offer', () => {
  it('frees it, once', () => {
    const command = { ticket: 'pos-7:100', now: MONDAY };
    expect(decide.unlockOffer(command, given(issued, locked))).toEqual(then(unlocked('unlocked')));
    expect(decide.unlockOffer(command, given(issued))).toEqual(done);
  });

  it('is refused when a ticket has redeemed it', () => {
    const command = { ticket: 'pos-7:100', now: MONDAY };
    expect(decide.unlockOffer(command, given(issued, redeemed))).toEqual(
      refused('offer_not_redeemable', 'redeemed'),
    );
  });

  it('is not for another ticket', () => {
    expect(decide.unlockOffer({ ticket: 'pos-7:200', now: MONDAY }, given(issued, locked))).toEqual(
      refused('offer_locked_elsewhere'),
    );
  });
});

describe('redeeming an issued offer', () => {
  it('works from issued and from locked for this ticket, once', () => {
    expect(decide.redeemOffer(use, given(issued))).toEqual(then(redeemed));
    expect(decide.redeemOffer(use, given(issued, locked))).toEqual(then(redeemed));
    expect(decide.redeemOffer(use, given(issued, redeemed))).toEqual(done);
  });

  it('keeps the discount of the lock when no lines are given', () => {
    expect(decide.redeemOffer({ ...use, lines: [] }, given(issued, locked))).toEqual(
      then(redeemed),
    );
  });

  it('is refused while another ticket has the lock', () => {
    expect(decide.redeemOffer({ ...use, ticket: 'pos-7:200' }, given(issued, locked))).toEqual(
      refused('offer_locked_elsewhere'),
    );
  });

  it('of a recorded ticket happens even after the lock and the validity ran out', () => {
    expect(
      decide.redeemOfferOfRecordedTicket({ ...use, now: END }, given(issued, locked)),
    ).toMatchObject({
      events: [{ type: 'IssuedOfferRedeemed', data: { ticket: 'pos-7:100' } }],
    });
  });

  it('of a recorded ticket is reported, once, when another ticket used it', () => {
    const found: IssuedOfferEvent = {
      type: 'DoubleRedemptionFound',
      data: { ticket: 'pos-7:200', status: 'redeemed' },
    };
    const other = { ...use, ticket: 'pos-7:200' };
    expect(decide.redeemOfferOfRecordedTicket(other, given(issued, redeemed))).toEqual(then(found));
    expect(decide.redeemOfferOfRecordedTicket(other, given(issued, redeemed, found))).toEqual(done);
  });

  it('records what the till says it took off', () => {
    expect(decide.redeemOffer({ ...use, discount: 250 }, given(issued))).toMatchObject({
      events: [{ data: { discount: { amount: 250, lines: [] } } }],
    });
  });
});

describe('reinstating an issued offer', () => {
  const reinstated: IssuedOfferEvent = {
    type: 'IssuedOfferReinstated',
    data: { ticket: 'pos-7:100', from: 'redeemed', reinstatedAt: MONDAY },
  };

  it('makes a redeemed one usable again, once', () => {
    expect(decide.reinstateOffer({ now: MONDAY }, given(issued, redeemed))).toEqual(
      then(reinstated),
    );
    expect(decide.reinstateOffer({ now: MONDAY }, given(issued, redeemed, reinstated))).toEqual(
      done,
    );
    expect(statusOf(MONDAY, issued, redeemed, reinstated)).toBe('issued');
  });

  it('is not undone by the redemption of its ticket that is told late or again', () => {
    const again = decide.redeemOfferOfRecordedTicket(use, given(issued, redeemed, reinstated));
    expect(again).toEqual(done);
    const other: IssuedOfferEvent = {
      ...redeemed,
      data: { ...redeemed.data, ticket: 'pos-7:200' },
    };
    const used = given(issued, redeemed, reinstated, other);
    expect(decide.redeemOfferOfRecordedTicket(use, used)).toEqual(done);
    expect(decide.reinstateOffer({ ticket: 'pos-7:100', now: MONDAY }, used)).toEqual(done);
  });

  it('lets the same ticket lock and redeem it again: its recording then counts', () => {
    const lockedAgain = given(issued, redeemed, reinstated, locked);
    expect(decide.redeemOfferOfRecordedTicket(use, lockedAgain)).toEqual(then(redeemed));
    const lapsed = given(issued, redeemed, reinstated, locked, unlocked('timed-out'));
    expect(decide.redeemOfferOfRecordedTicket(use, lapsed)).toEqual(then(redeemed));
    const usedAgain = given(issued, redeemed, reinstated, redeemed);
    const other = { ...use, ticket: 'pos-7:200' };
    expect(decide.redeemOfferOfRecordedTicket(use, usedAgain)).toEqual(done);
    expect(decide.redeemOffer(other, usedAgain)).toEqual(
      refused('offer_not_redeemable', 'redeemed'),
    );
  });

  it.each([
    ['issued', []],
    ['locked', [locked]],
  ] as const)('holds for a return that comes before the redemption: %s', (from, before) => {
    const early: IssuedOfferEvent = {
      type: 'IssuedOfferReinstated',
      data: { ticket: 'pos-7:100', from, reinstatedAt: MONDAY },
    };
    const command = { ticket: 'pos-7:100', now: MONDAY };
    expect(decide.reinstateOffer(command, given(issued, ...before))).toEqual(then(early));
    expect(decide.reinstateOffer(command, given(issued, ...before, early))).toEqual(done);
    expect(decide.redeemOfferOfRecordedTicket(use, given(issued, ...before, early))).toEqual(done);
  });

  it('frees a locked one', () => {
    expect(decide.reinstateOffer({ now: MONDAY }, given(issued, locked))).toEqual(
      then(unlocked('unlocked')),
    );
  });

  it('is not for a ticket that did not use it, nor for what is over', () => {
    const other = { ticket: 'pos-7:200', now: MONDAY };
    expect(decide.reinstateOffer(other, given(issued, redeemed))).toEqual(
      refused('offer_not_redeemable', 'redeemed'),
    );
    expect(decide.reinstateOffer({ now: MONDAY }, given(issued, revoked))).toEqual(
      refused('offer_not_redeemable', 'revoked'),
    );
  });
});

describe('time and an issued offer', () => {
  it('a lock keeps it from expiring; when the lock times out it expires at once', () => {
    const lateLock: IssuedOfferEvent = {
      type: 'IssuedOfferLocked',
      data: { ...locked.data, lockExpiresAt: '2026-12-03T10:10:00.000Z' },
    };
    expect(statusOf('2026-12-03T10:05:00.000Z', issued, lateLock)).toBe('locked');
    expect(statusOf('2026-12-03T10:10:00.000Z', issued, lateLock)).toBe('expired');
  });

  it('what became due is recorded, once', () => {
    const expired: IssuedOfferEvent = { type: 'IssuedOfferExpired', data: { expiredAt: END } };
    expect(decide.recordDue({ now: MONDAY }, given(issued, locked))).toEqual(done);
    expect(decide.recordDue({ now: QUARTER_PAST }, given(issued, locked))).toEqual(
      then(unlocked('timed-out')),
    );
    expect(decide.recordDue({ now: END }, given(issued, locked))).toEqual(
      then(unlocked('timed-out'), expired),
    );
    expect(decide.recordDue({ now: END }, given(issued, expired))).toEqual(done);
  });

  it('only an issued offer can be revoked', () => {
    const command = { reason: 'fraud', now: MONDAY };
    expect(decide.revokeOffer(command, given(issued))).toEqual(then(revoked));
    expect(decide.revokeOffer(command, given(issued, revoked))).toEqual(done);
    expect(decide.revokeOffer(command, given(issued, redeemed))).toEqual(
      refused('offer_not_redeemable', 'redeemed'),
    );
  });
});

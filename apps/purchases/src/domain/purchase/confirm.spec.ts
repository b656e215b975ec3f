import { cancelPurchase, confirmPurchase, expirePurchase } from './confirm.decide';
import { recordCaptured, recordLapsed, recordReleased } from './confirm.decide';
import { nextAction } from './next-action';
import {
  AT,
  authorized,
  EXPIRY,
  LATER,
  live,
  order,
  PAID_BY,
  placed,
  saysTo,
  then,
} from './purchase-cases';
import { freeFromTicket, reserveForTicket } from './ticket.decide';

const confirm =
  (more: object = {}) =>
  (purchase: Parameters<typeof confirmPurchase>[1]) =>
    confirmPurchase({ now: LATER, ...more }, purchase);
const cancel = (purchase: Parameters<typeof cancelPurchase>[1]) =>
  cancelPurchase({ now: LATER }, purchase);
const captured = (purchase: Parameters<typeof recordCaptured>[1]) =>
  recordCaptured({ operationIds: PAID_BY, now: LATER }, purchase);
const released = (purchase: Parameters<typeof recordReleased>[1]) =>
  recordReleased({ now: LATER }, purchase);

describe('an authorized external purchase', () => {
  it('waits for the client until its hold lapses', () => {
    expect(nextAction(authorized(), AT)).toEqual({ action: 'wait', until: EXPIRY });
    expect(nextAction(authorized(), EXPIRY)).toEqual({ action: 'expire' });
  });

  it('is confirmed after the account has debited, not before', () => {
    const asked = then(authorized(), confirm());
    expect(asked.phase).toBe('confirming');
    expect(nextAction(asked, LATER)).toEqual({
      action: 'capture',
      captures: [{ orderId: 'p1.1', holdId: 'a1.h1', points: 100, amount: 10_000 }],
      releases: [],
      force: false,
    });
    const confirmed = live(then(asked, captured));
    expect(confirmed.phase).toBe('confirmed');
    expect(confirmed.orders[0]).toMatchObject({
      status: 'confirmed',
      redeemed: { points: 100, amount: 10_000 },
      paidBy: 'op-1',
    });
    expect(nextAction(confirmed, LATER)).toEqual({ action: 'none' });
  });

  it('is confirmed in part: the part’s money is rounded down', () => {
    // 3 points per 1.00; 10.50 needs 32 points; 10 of them are worth 3.33
    const terms = order(1, 32, { amount: 1050, rate: { points: 3, worth: 100 } });
    const asked = live(then(authorized(terms), confirm({ points: 10 })));
    expect(asked).toMatchObject({ settlement: { points: 10, amount: 333 } });
  });

  it('is owed in full when all its points are confirmed', () => {
    const terms = order(1, 32, { amount: 1050, rate: { points: 3, worth: 100 } });
    const asked = live(then(authorized(terms), confirm({ points: 32 })));
    expect(asked).toMatchObject({ settlement: { points: 32, amount: 1050 } });
  });

  it('may be confirmed again with the same points only', () => {
    const confirmed = then(then(authorized(), confirm({ points: 60 })), captured);
    expect(saysTo(confirmed, confirm({ points: 60 }))).toEqual([]);
    expect(saysTo(confirmed, confirm({ points: 61 }))).toBe('purchase_already_confirmed');
    expect(saysTo(confirmed, confirm())).toBe('purchase_already_confirmed');
    expect(saysTo(confirmed, cancel)).toBe('purchase_already_confirmed');
  });

  it('is not confirmed for more than is held, nor with another authorization', () => {
    expect(saysTo(authorized(), confirm({ points: 101 }))).toBe('capture_exceeds_hold');
    expect(saysTo(authorized(), confirm({ authorizationId: 'x' }))).toBe('purchase_not_authorized');
  });

  it('is cancelled once, and never confirmed afterwards', () => {
    const asked = then(authorized(), cancel);
    expect(nextAction(asked, LATER)).toEqual({ action: 'release', holdIds: ['a1.h1'] });
    expect(saysTo(asked, confirm())).toBe('purchase_not_authorized');
    const cancelled = live(then(asked, released));
    expect(cancelled.phase).toBe('cancelled');
    expect(cancelled.orders[0]?.status).toBe('cancelled');
    expect(saysTo(cancelled, cancel)).toEqual([]);
    expect(saysTo(cancelled, confirm())).toBe('purchase_not_authorized');
  });

  it('expires: confirming is refused at that very instant, cancelling is fine', () => {
    expect(saysTo(authorized(), confirm({ now: EXPIRY }))).toBe('purchase_expired');
    const expired = then(authorized(), (state) => expirePurchase({ now: EXPIRY }, state));
    expect(expired.phase).toBe('expired');
    expect(saysTo(expired, confirm())).toBe('purchase_expired');
    expect(saysTo(expired, cancel)).toEqual([]);
  });

  it('expires when the account finds the hold lapsed', () => {
    const asked = then(authorized(), confirm());
    expect(then(asked, (state) => recordLapsed({ now: LATER }, state)).phase).toBe('expired');
  });

  it('does not exist before it was recorded', () => {
    expect(saysTo({ phase: 'absent' }, confirm())).toBe('not_found');
    expect(saysTo({ phase: 'absent' }, cancel)).toBe('not_found');
  });
});

describe('an internal purchase', () => {
  it('is not the client’s to confirm', () => {
    expect(saysTo(placed([order(1, 100)]), confirm())).toBe('purchase_not_authorized');
  });

  it('takes its orders back from the vendors when it is cancelled', () => {
    expect(saysTo(placed([order(1, 60), order(2, 40)]), cancel)).toEqual([
      'OrderCancellationRequested',
      'OrderCancellationRequested',
      'ReleaseRequested',
    ]);
  });
});

describe('a purchase that pays a ticket', () => {
  const ticket = { ticket: 'pos-7:1', participantId: 'm1', now: LATER };
  const reserve =
    (more: object = {}) =>
    (purchase: Parameters<typeof reserveForTicket>[1]) =>
      reserveForTicket({ ...ticket, ...more }, purchase);

  it('belongs to that ticket alone', () => {
    const reserved = then(authorized(), reserve());
    expect(saysTo(reserved, reserve({ ticket: 'pos-7:2' }))).toBe('purchase_reserved');
    expect(saysTo(reserved, confirm())).toBe('purchase_reserved');
    expect(saysTo(reserved, cancel)).toBe('purchase_reserved');
  });

  it('is nobody else’s', () => {
    expect(saysTo(authorized(), reserve({ participantId: 'm2' }))).toBe('not_found');
  });

  it('is debited by force once the ticket is recorded, also after its expiry', () => {
    const reserved = then(authorized(), reserve());
    expect(nextAction(reserved, EXPIRY)).toEqual({ action: 'none' });
    const asked = then(reserved, confirm({ ticket: 'pos-7:1', now: EXPIRY }));
    expect(nextAction(asked, EXPIRY)).toMatchObject({ action: 'capture', force: true });
  });

  it('is free again when the ticket is lost', () => {
    const reserved = then(authorized(), reserve());
    const free = then(reserved, (state) => freeFromTicket(ticket, state));
    expect(saysTo(free, confirm())).toEqual(['ConfirmationRequested']);
    expect(nextAction(free, EXPIRY)).toEqual({ action: 'expire' });
  });
});

import { confirmPurchase, recordCaptured } from './confirm.decide';
import { remainingOf } from './order.state';
import { authorized, LATER, live, order, PAID_BY, saysTo, then } from './purchase-cases';
import type { Purchase } from './purchase.state';
import { recordRestored, reverseOrder } from './reversal.decide';
import { reverseForTicket } from './ticket-return.decide';
import { reserveForTicket } from './ticket.decide';

const ticket = 'pos-7:1';
const forTicket = { ticket, participantId: 'm1', now: LATER };

/** 32 points are worth 10.50, and pay the ticket. */
const reserved = then(authorized(order(1, 32, { amount: 1_050 })), (purchase) =>
  reserveForTicket(forTicket, purchase),
);
const paid = [
  (purchase: Purchase) => confirmPurchase({ ticket, now: LATER }, purchase),
  (purchase: Purchase) => recordCaptured({ operationIds: PAID_BY, now: LATER }, purchase),
].reduce(then, reserved);

const comeBack =
  (reversalId: string, [points, amount]: readonly [number, number], of = ticket) =>
  (purchase: Purchase) =>
    reverseForTicket(
      { ticket: of, reversalId, points, amount, reason: { code: 'ticket_returned' }, now: LATER },
      purchase,
    );
const left = (purchase: Purchase) => {
  const [first] = live(purchase).orders;
  return first === undefined ? undefined : remainingOf(first);
};

describe('the return of a ticket that a purchase paid', () => {
  it('gives back points and money as the ticket counts them', () => {
    // A third of the ticket: 10.67 of 32 points and 3.50 of 10.50, where points alone are 3.28.
    const third = then(paid, comeBack('r1', [10, 350]));
    expect(left(third)).toMatchObject({ points: 22, amount: 700 });
    const rest = then(third, comeBack('r2', [22, 700]));
    expect(left(rest)).toMatchObject({ points: 0, amount: 0 });
    expect(saysTo(rest, comeBack('r3', [1, 33]))).toEqual([]);
  });

  it('gives nothing back that the vendor gave back before', () => {
    const before = then(paid, (purchase) =>
      reverseOrder(
        {
          reversalId: 'v1',
          orderId: 'p1.1',
          asked: { kind: 'value', points: 20 },
          reason: { code: 'damaged' },
          now: LATER,
        },
        purchase,
      ),
    );
    // 20 of 32 points are 6.56; of the whole ticket 12 points and 3.94 are left.
    const all = then(before, comeBack('r1', [32, 1_050]));
    expect(live(all).orders[0]?.reversals[1]).toMatchObject({ points: 12, amount: 394 });
  });

  it('is counted once, also after the account restored it', () => {
    const asked = then(paid, comeBack('r1', [32, 1_050]));
    const done = { reversalId: 'r1', orderId: 'p1.1', restoredPoints: 32, declined: false };
    const restored = then(asked, (purchase) => recordRestored({ ...done, now: LATER }, purchase));
    expect(saysTo(restored, comeBack('r1', [32, 1_050]))).toEqual([]);
  });

  it('needs the ticket that it paid, and that it paid', () => {
    expect(saysTo(paid, comeBack('r1', [1, 33], 'pos-7:2'))).toBe('not_found');
    expect(saysTo(reserved, comeBack('r1', [1, 33]))).toBe('purchase_not_authorized');
  });
});

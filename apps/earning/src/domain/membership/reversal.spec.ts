import fc from 'fast-check';
import type { Contribution } from './membership.events';
import { moneyUndone, pointsRestored, remainderOf } from './reversal';

const rule = (awarded: number, rate?: Contribution['rate']): Contribution => ({
  rule: 'tier:bronze',
  version: 1,
  base: 0,
  desired: awarded,
  awarded,
  ...(rate !== undefined && { rate }),
  pointSource: 'default',
});
const RATE = { points: 1, per: 100_000 };

// 10,000.00 at 1 point per 1,000.00, of which 10.90 were paid with points: 9,989.10 earned 9.
const award = {
  total: 1_000_000,
  untaxed: 0,
  paidWithPoints: 1_090,
  eligible: 998_910,
  measured: 998_910,
  contributions: [rule(9, RATE)],
};

describe('what stays of an award after returns', () => {
  it('2,500.00 of 10,000.00 returned, 10.90 paid with points: 7 points stay', () => {
    // floor(1,090 × 0.25) = 272 of the money paid with points is undone;
    // 998,910 − (250,000 − 272) = 749,182 stays eligible.
    expect(moneyUndone(award, 250_000)).toBe(272);
    expect(remainderOf(award, 250_000)).toMatchObject({ points: 7, measured: 749_182 });
  });

  it('a full return leaves nothing', () => {
    expect(remainderOf(award, 1_000_000)).toMatchObject({ points: 0, measured: 0 });
    expect(moneyUndone(award, 1_000_000)).toBe(1_090);
  });

  it('of 10 points that paid, a quarter returned restores 2', () => {
    expect(pointsRestored({ total: 1_000_000, points: 10 }, 250_000)).toBe(2);
  });

  it('a fixed award stays in the proportion of what is still eligible', () => {
    // floor(50 × 749,182 / 998,910) = floor(37.4999…) = 37.
    const fixed = { ...award, contributions: [rule(50)] };
    expect(remainderOf(fixed, 250_000).points).toBe(37);
  });

  it('where nothing was eligible, the rest of the total takes its place', () => {
    // floor(50 × 750,000 / 1,000,000) = 37.
    const paid = { ...award, paidWithPoints: 1_000_000, eligible: 0, measured: 0 };
    expect(remainderOf({ ...paid, contributions: [rule(50)] }, 250_000).points).toBe(37);
  });

  it('a ticket of 0 is undone by its return', () => {
    const free = { ...award, total: 0, paidWithPoints: 0, eligible: 0, measured: 0 };
    expect(remainderOf({ ...free, contributions: [rule(50)] }, 0).points).toBe(0);
  });

  it('tax that did not earn takes its share of what is returned', () => {
    // 10,000.00 with 2,000.00 tax: 8,000.00 earned 8. A quarter returned: 500.00 of it tax,
    // so 8,000.00 − 2,000.00 = 6,000.00 stay, and 6 points.
    const net = {
      ...award,
      untaxed: 200_000,
      paidWithPoints: 0,
      eligible: 800_000,
      measured: 800_000,
      contributions: [rule(8, RATE)],
    };
    expect(remainderOf(net, 250_000)).toMatchObject({ points: 6, measured: 600_000 });
  });

  it('measured gross, the money paid with points falls by its own share', () => {
    // 749,182 stay eligible, and 1,090 − 272 = 818 of the money paid with points.
    const gross = { ...award, measured: 1_000_000 };
    expect(remainderOf(gross, 250_000).measured).toBe(750_000);
  });
});

describe('many partial returns', () => {
  const tickets = fc
    .record({
      total: fc.integer({ min: 1, max: 5_000_000 }),
      tax: fc.double({ min: 0, max: 0.4, noNaN: true }),
      paid: fc.double({ min: 0, max: 1, noNaN: true }),
      per: fc.integer({ min: 1, max: 100_000 }),
      points: fc.integer({ min: 1, max: 20 }),
      fixed: fc.integer({ min: 0, max: 500 }),
    })
    .map(({ total, tax, paid, per, points, fixed }) => {
      const untaxed = Math.floor(total * tax);
      const paidWithPoints = Math.floor((total - untaxed) * paid);
      const eligible = total - untaxed - paidWithPoints;
      const earned = Math.floor((eligible * points) / per);
      const contributions = [rule(earned, { points, per }), rule(fixed)];
      return { total, untaxed, paidWithPoints, eligible, measured: eligible, contributions };
    });

  it('in any split take back exactly what one full return takes back, and never give', () => {
    fc.assert(
      fc.property(tickets, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (ticket, cuts) => {
        const earned = ticket.contributions.reduce((sum, one) => sum + one.awarded, 0);
        const steps = [...cuts.map((cut) => Math.floor(cut * ticket.total)).sort((a, b) => a - b)];
        let takenBack = 0;
        let unmeasured = 0;
        for (const returned of [...steps, ticket.total]) {
          const left = remainderOf(ticket, returned);
          const now = earned - left.points - takenBack;
          expect(now).toBeGreaterThanOrEqual(0);
          takenBack += now;
          unmeasured = ticket.measured - left.measured;
        }
        expect(takenBack).toBe(earned);
        expect(unmeasured).toBe(ticket.measured);
      }),
    );
  });
});

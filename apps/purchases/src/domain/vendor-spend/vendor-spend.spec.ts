import { countSpend, giveSpendBack } from './vendor-spend.decide';
import { vendorSpendAggregate, type VendorSpend } from './vendor-spend.state';

const count =
  (purchaseId: string, amount: number, day = 22) =>
  (spend: VendorSpend) =>
    countSpend(
      {
        purchaseId,
        amount,
        limit: 10_000,
        windowStart: `2026-10-${day}T10:00:00.000Z`,
        now: `2026-11-${day}T10:00:00.000Z`,
      },
      spend,
    );

function after(spend: VendorSpend, decide: ReturnType<typeof count>): VendorSpend {
  const decision = decide(spend);
  if (decision.outcome === 'rejected') throw new Error(decision.rejection.code);
  return decision.events.reduce(vendorSpendAggregate.evolve, spend);
}

describe('what a participant may buy at a vendor within its period', () => {
  it('is exhausted to the last minor unit', () => {
    const spend = after(after([], count('p1', 6000)), count('p2', 4000));
    expect(count('p3', 1)(spend)).toMatchObject({
      outcome: 'rejected',
      rejection: { code: 'vendor_limit_exceeded', available: 0, requested: 1 },
    });
  });

  it('counts a purchase once', () => {
    const spend = after([], count('p1', 6000));
    expect(count('p1', 6000)(spend)).toEqual({ outcome: 'accepted', events: [] });
  });

  it('grows again when a purchase came to nothing', () => {
    const spend = after([], count('p1', 10_000));
    const free = after(spend, (state) =>
      giveSpendBack({ purchaseId: 'p1', now: '2026-11-22T11:00:00.000Z' }, state),
    );
    expect(free).toEqual([]);
  });

  it('forgets what lies before the period', () => {
    const spend = after([], count('p1', 10_000, 10));
    const next = { purchaseId: 'p2', amount: 10_000, limit: 10_000 };
    const november = { windowStart: '2026-11-10T10:00:00.000Z', now: '2026-12-10T10:00:00.000Z' };
    const later = after(spend, (state) => countSpend({ ...next, ...november }, state));
    expect(later.map(({ purchaseId }) => purchaseId)).toEqual(['p2']);
  });
});

import { confirmPurchase } from './confirm.decide';
import { delaySettlement } from './delay.decide';
import { authorized, LATER, live, saysTo, then } from './purchase-cases';
import type { Purchase } from './purchase.state';

const delay = (attempt: number) => (purchase: Purchase) =>
  delaySettlement({ attempt, reason: 'away', now: LATER }, purchase);

describe('a purchase whose account cannot be asked', () => {
  it('waits 1, 2, 4 … seconds, at most five minutes', () => {
    const retryAfterMs = (delays: number): number => {
      const purchase = { ...authorized(), delays };
      const decision = delay(delays + 1)(purchase);
      const [event] = decision.outcome === 'accepted' ? decision.events : [];
      if (event?.type !== 'SettlementDelayed') throw new Error('not delayed');
      return Date.parse(event.data.retryAt) - Date.parse(LATER);
    };
    expect([0, 1, 2, 8, 9].map(retryAfterMs)).toEqual([1000, 2000, 4000, 256_000, 300_000]);
  });

  it('counts each attempt once, and from the start again when it got on', () => {
    const twice = then(then(authorized(), delay(1)), delay(2));
    expect(live(twice).delays).toBe(2);
    expect(saysTo(twice, delay(2))).toEqual([]);
    const asked = then(twice, (state) => confirmPurchase({ now: LATER }, state));
    expect(live(asked).delays).toBe(0);
  });
});

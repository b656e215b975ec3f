import { RecentlyUsed } from './recently-used';

describe('RecentlyUsed', () => {
  it('keeps what is used and forgets what is not, within its bound', () => {
    const cache = new RecentlyUsed<number>(4);
    cache.set('often', 0);
    for (let n = 1; n <= 10; n += 1) {
      cache.set(`once-${n}`, n);
      expect(cache.get('often')).toBe(0);
    }
    const kept = Array.from({ length: 10 }, (_, i) => cache.get(`once-${i + 1}`));
    expect(kept.filter((n) => n !== undefined).length).toBeLessThanOrEqual(3);
    expect(cache.get('once-10')).toBe(10);
    expect(cache.get('once-1')).toBeUndefined();
  });

  it('gives the newest value, and none after a deletion, whatever generation held it', () => {
    const cache = new RecentlyUsed<number>(4);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.set('c', 3);
    cache.set('a', 4);
    expect(cache.get('a')).toBe(4);
    cache.delete('a');
    cache.delete('b');
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, undefined, 3]);
  });
});

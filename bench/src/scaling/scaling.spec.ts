import { hotStream } from './hot-stream';
import { replicaSkew, skewOf } from './partition-skew';
import { drawOf, randomOf, zipfShares } from './random';
import { eventsReadPerCommand, hitShare } from './stream-cache';

describe('the arithmetic of scaling', () => {
  it('gives shares by rank', () => {
    // Weights 1, 1/2, 1/3 sum to 11/6.
    expect([...zipfShares(3, 1)].map((share) => share.toFixed(4))).toEqual([
      (6 / 11).toFixed(4),
      (3 / 11).toFixed(4),
      (2 / 11).toFixed(4),
    ]);
    expect([...zipfShares(4, 0)]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it('draws each key by its share, and the same ones of the same seed', () => {
    const numbers = [0, 0.49, 0.5, 0.74, 0.75, 0.99];
    const draw = drawOf(Float64Array.of(0.5, 0.25, 0.25), () => numbers.shift() ?? 0);
    expect([draw(), draw(), draw(), draw(), draw(), draw()]).toEqual([0, 0, 1, 1, 2, 2]);
    const [one, other] = [randomOf(7), randomOf(7)];
    expect([one(), one(), one()]).toEqual([other(), other(), other()]);
  });

  it('puts all load of a single key on one partition', () => {
    expect(skewOf(Float64Array.of(1), 12)).toBe(12);
    expect(skewOf(zipfShares(1000, 1), 1)).toBeCloseTo(1, 9);
  });

  it('deals partitions out in turns', () => {
    expect(replicaSkew(12, 4)).toBe(1); // 3 each
    expect(replicaSkew(12, 8)).toBeCloseTo(4 / 3, 9); // the busiest has 2 of 1.5
    expect(replicaSkew(12, 24)).toBe(2); // every other one has none
  });

  it('lets a stream take one append after the other', () => {
    // Ten times what it can take, one by one: the last of 1,000 waits for all others' 5 ms.
    const alone = hotStream({ perSecond: 2000, appendMs: 5, togetherMax: 1, commands: 1000 });
    expect(alone.appends).toBe(1000);
    expect(alone.p99Ms).toBeGreaterThan(4000);
    const together = hotStream({ perSecond: 2000, appendMs: 5, togetherMax: 1000, commands: 1000 });
    expect(together.appends).toBeLessThan(120); // 500 ms of arrivals, 5 ms each
    expect(together.p99Ms).toBeLessThanOrEqual(10); // the append under way, and its own
  });

  it('answers after one append when nobody is there', () => {
    const calm = hotStream({ perSecond: 0.001, appendMs: 5, togetherMax: 1, commands: 20 });
    expect(calm).toMatchObject({ appends: 20, queueMax: 1 });
    expect(calm.p99Ms).toBeCloseTo(5, 6);
  });

  it('finds in memory what fits, and about its share of what does not', () => {
    const shares = zipfShares(1000, 0);
    expect(hitShare({ shares, cachedStreamsMax: 4000, commands: 20_000 })).toBe(1);
    // Between half of 100 streams and all of them are kept, of 1,000 that are all alike.
    const hits = hitShare({ shares, cachedStreamsMax: 100, commands: 20_000 });
    expect(hits).toBeGreaterThan(0.05);
    expect(hits).toBeLessThan(0.1);
  });

  it('reads half an interval for each stream that it does not find', () => {
    expect(eventsReadPerCommand(0.75, 200)).toBe(25);
    expect(eventsReadPerCommand(1, 200)).toBe(0);
  });
});

import { Defect } from '@fidelis/kernel';
import fc from 'fast-check';
import { boundedRatio, ceilRatio, compareRatios, floorRatio } from './ratio';

const safe = fc.maxSafeInteger();
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe('an exact ratio', () => {
  it('earns 9 points for 9,990.00 at 1 point per 1,000.00', () => {
    expect(floorRatio(999_000, 1, 100_000)).toBe(9);
  });

  it('rounds earned points toward zero on both sides', () => {
    expect(floorRatio(-999_000, 1, 100_000)).toBe(-9);
    expect(Object.is(floorRatio(-1, 1, 100), 0)).toBe(true);
  });

  it('rounds the points that pay an amount up', () => {
    expect(ceilRatio(1_001, 1, 100)).toBe(11);
    expect(ceilRatio(1_000, 1, 100)).toBe(10);
    expect(ceilRatio(-1_001, 1, 100)).toBe(-11);
  });

  it('stays exact where the product leaves the safe integers', () => {
    expect(floorRatio(9_007_199_254_740_991, 3, 4)).toBe(6_755_399_441_055_743);
    expect(ceilRatio(9_007_199_254_740_991, 3, 4)).toBe(6_755_399_441_055_744);
  });

  it('refuses a result outside the bound, and a ratio per 0', () => {
    expect(() => floorRatio(9_007_199_254_740_991, 2, 1)).toThrow(Defect);
    expect(() => floorRatio(1, 1, 0)).toThrow(Defect);
    expect(() => floorRatio(1.5, 1, 1)).toThrow(Defect);
  });

  it('ends at its bound where it is asked to', () => {
    const dear = { numerator: 9_007_199_254_740_991, denominator: 1 };
    expect(boundedRatio(2, dear)).toBe(9_007_199_254_740_991);
    expect(boundedRatio(-2, dear)).toBe(-9_007_199_254_740_991);
    expect(boundedRatio(7, { numerator: 1, denominator: 2, bound: 3 })).toBe(3);
    expect(boundedRatio(8, { numerator: 1, denominator: 2, bound: 3 })).toBe(3);
    const most = { numerator: 3, denominator: 4 };
    expect(boundedRatio(9_007_199_254_740_991, most)).toBe(6_755_399_441_055_743);
  });

  it('lies between the floor and the ceiling for any numbers', () => {
    fc.assert(
      fc.property(safe, safe, positive, (value, numerator, denominator) => {
        const exact = BigInt(value) * BigInt(numerator);
        fc.pre(
          exact / BigInt(denominator) < 2n ** 52n && exact / BigInt(denominator) > -(2n ** 52n),
        );
        const down = BigInt(floorRatio(value, numerator, denominator)) * BigInt(denominator);
        const up = BigInt(ceilRatio(value, numerator, denominator)) * BigInt(denominator);
        const magnitude = exact < 0n ? -exact : exact;
        expect(down < 0n ? -down : down).toBeLessThanOrEqual(magnitude);
        expect(up < 0n ? -up : up).toBeGreaterThanOrEqual(magnitude);
        expect((up < 0n ? -up : up) - (down < 0n ? -down : down)).toBeLessThanOrEqual(
          BigInt(denominator),
        );
      }),
    );
  });

  it('compares ratios without rounding', () => {
    const third = { numerator: 1, denominator: 3 };
    expect(compareRatios(third, { numerator: 2, denominator: 6 })).toBe(0);
    expect(compareRatios(third, { numerator: 333_333_333, denominator: 1_000_000_000 })).toBe(1);
    expect(compareRatios({ numerator: 0, denominator: 1 }, third)).toBe(-1);
  });
});

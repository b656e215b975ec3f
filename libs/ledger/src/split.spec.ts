import fc from 'fast-check';
import { splitByLargestRemainder } from './split';

describe('the largest remainder', () => {
  it('splits 10 over three equal lines as 4, 3, 3', () => {
    expect(splitByLargestRemainder(10, [1, 1, 1])).toEqual([4, 3, 3]);
  });

  it('gives the odd point to the largest remainder', () => {
    // 7 × 1/10 = 0.7, 7 × 4/10 = 2.8, 7 × 5/10 = 3.5
    expect(splitByLargestRemainder(7, [1, 4, 5])).toEqual([1, 3, 3]);
  });

  it('gives everything to the first part when nothing weighs anything', () => {
    expect(splitByLargestRemainder(5, [0, 0])).toEqual([5, 0]);
  });

  it('always sums to the total, each part within one of its exact share', () => {
    const weights = fc.array(fc.nat(1_000_000_000), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), weights, (total, parts) => {
        const weight = parts.reduce((sum, part) => sum + part, 0);
        fc.pre(weight > 0);
        const split = splitByLargestRemainder(total, parts);
        expect(split.reduce((sum, part) => sum + part, 0)).toBe(total);
        split.forEach((part, index) => {
          const exact = BigInt(total) * BigInt(parts[index] ?? 0);
          const off = exact - BigInt(part) * BigInt(weight);
          expect(off < BigInt(weight) && off > -BigInt(weight)).toBe(true);
        });
      }),
    );
  });
});

import { Defect } from '@fidelis/kernel';
import { assertPoints, isPoints, sumPoints } from './points';

describe('points', () => {
  it('are integers up to 2^53 - 1', () => {
    expect(isPoints(9_007_199_254_740_991)).toBe(true);
    expect(isPoints(9_007_199_254_740_992)).toBe(false);
    expect(isPoints(0.5)).toBe(false);
    expect(isPoints('1')).toBe(false);
    expect(() => assertPoints(Number.NaN)).toThrow(Defect);
  });

  it('are summed within the bound only', () => {
    expect(sumPoints([1, 2, -3])).toBe(0);
    expect(() => sumPoints([9_007_199_254_740_991, 1])).toThrow(Defect);
  });
});

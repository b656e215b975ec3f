import { parseDecimal, parseWhole, toMinor } from './decimal';

const price = (text: string) => {
  const decimal = parseDecimal(text, ',');
  if (decimal === undefined) throw new Error(`${text} is no number`);
  return decimal;
};

describe('amounts', () => {
  test.each([
    ['12,50', 1, 1250],
    ['0,85', 3, 255],
    ['2,1', 48, 10_080],
    ['18', 2, 3600],
    ['-11062,06', 1, -1_106_206],
    // 1.005 is 100.5 pence; three of them are 301.5. As binary fractions both would lie below.
    ['1,005', 1, 101],
    ['1,005', 3, 302],
    ['0,0049', 1, 0],
    ['0,00', -4, 0],
  ])('%s for each of %i pieces are %i pence', (text, quantity, pence) => {
    expect(toMinor(price(text), quantity, 2)).toBe(pence);
  });

  test('a cancelled line is exactly minus the line that was sold', () => {
    expect(toMinor(price('1,005'), -3, 2)).toBe(-302);
  });

  test('a currency without minor unit counts in whole ones', () => {
    expect(toMinor(price('1250'), 2, 0)).toBe(2500);
    expect(toMinor(price('0,5'), 1, 0)).toBe(1);
  });

  test('what a number cannot hold exactly is refused', () => {
    expect(toMinor(price('90071992547409'), 100, 2)).toBeUndefined();
    expect(parseDecimal('90071992547409921', ',')).toBeUndefined();
  });

  test.each(['', ' 1', '1.50', '1,', ',5', '1e3', '0x10', '1,1234567', '1,2,3', 'NaN'])(
    '%j is no decimal with a comma',
    (text) => expect(parseDecimal(text, ',')).toBeUndefined(),
  );

  test('quantities are whole numbers', () => {
    expect(['-12', '0', '1.5', 'x'].map(parseWhole)).toEqual([-12, 0, undefined, undefined]);
  });
});

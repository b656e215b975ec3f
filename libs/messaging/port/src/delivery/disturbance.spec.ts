import { disturbed } from './disturbance';

const items = ['a0', 'b0', 'a1', 'b1', 'a2'];
const from = {
  keyOf: (item: string) => item.slice(0, 1),
  copy: (item: string, last: boolean) => (last ? item.toUpperCase() : item),
};

describe('a disturbance', () => {
  it('repeats everything, and marks the last copies', () => {
    const out = disturbed(items, { copies: 2, shuffleKeys: false, random: () => 0 }, from);
    expect(out).toEqual([...items, 'A0', 'B0', 'A1', 'B1', 'A2']);
  });

  it('mixes keys and keeps the order within each', () => {
    // Places sorted by these numbers: b, a, b, a, a.
    const numbers = [0.5, 0.1, 0.9, 0.6, 0.95];
    const random = (): number => numbers.shift() ?? 0;
    const out = disturbed(items, { copies: 1, shuffleKeys: true, random }, from);
    expect(out).toEqual(['B0', 'A0', 'B1', 'A1', 'A2']);
  });
});

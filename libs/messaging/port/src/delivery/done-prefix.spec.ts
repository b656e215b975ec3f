import { Defect } from '@fidelis/kernel';
import { DonePrefix } from './done-prefix';

describe('the done prefix', () => {
  it('moves only over what is done without a gap', () => {
    const prefix = new DonePrefix(-1);
    const [a, b, c] = [10, 20, 30].map((position) => prefix.add(position));
    prefix.done(b ?? 0);
    expect([prefix.position, prefix.span]).toEqual([-1, 3]);
    prefix.done(a ?? 0);
    expect([prefix.position, prefix.span]).toEqual([20, 1]);
    prefix.done(c ?? 0);
    expect([prefix.position, prefix.span]).toEqual([30, 0]);
  });

  it('bears that something is done twice, even long ago', () => {
    const prefix = new DonePrefix(-1);
    const first = prefix.add(0);
    prefix.done(first);
    for (let position = 1; position <= 10_000; position += 1) prefix.done(prefix.add(position));
    const last = prefix.add(10_001);
    prefix.done(first);
    expect([prefix.position, prefix.span]).toEqual([10_000, 1]);
    prefix.done(last);
    expect(prefix.position).toBe(10_001);
  });

  it('knows that a ticket was never given out', () => {
    expect(() => new DonePrefix(-1).done(0)).toThrow(Defect);
  });
});

import { NameFilter } from './name-filter';

describe('a name filter', () => {
  test('never denies a name that it has seen', () => {
    const filter = new NameFilter();
    const names = Array.from({ length: 20_000 }, (_, n) => `transaction-pos-7:${n}`);
    for (const name of names) filter.add(name);
    expect(names.every((name) => filter.mayHave(name))).toBe(true);
  });

  test('tells names apart that are asked for in turn', () => {
    const filter = new NameFilter();
    filter.add('account-a');
    expect(filter.mayHave('account-b')).toBe(false);
    expect(filter.mayHave('account-a')).toBe(true);
    expect(filter.mayHave('account-b')).toBe(false);
    filter.add('account-b');
    expect(filter.mayHave('account-b')).toBe(true);
  });

  test('hardly ever takes an unseen name for a seen one', () => {
    const filter = new NameFilter();
    // So many that a filter which used a part of its bits would show it.
    for (let n = 0; n < 300_000; n += 1) filter.add(`transaction-pos-7:${n}`);
    let mistaken = 0;
    for (let n = 0; n < 20_000; n += 1) if (filter.mayHave(`account-${n}`)) mistaken += 1;
    expect(mistaken).toBeLessThan(20);
  });
});

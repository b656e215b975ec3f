import type { CategorySets } from './category-sets';
import type { Feed } from './feed';
import { Heads } from './heads';
import { withDefaults } from './limits';
import type { Reader } from './reader';

describe('the head of everything', () => {
  it('is read at the end of the log, and makes this process follow nothing', async () => {
    const wanted: unknown[] = [];
    const feed = { want: (categories: unknown) => wanted.push(categories) };
    const reader = { lastOf: () => Promise.resolve(7) } as unknown as Reader;
    const parts = { reader, limits: withDefaults({}) };
    const heads = new Heads({} as unknown as CategorySets, feed as unknown as Feed, parts);
    expect(await Promise.all([heads.headOf(undefined), heads.headOf(undefined)])).toEqual([7, 7]);
    expect(wanted).toEqual([]);
  });
});

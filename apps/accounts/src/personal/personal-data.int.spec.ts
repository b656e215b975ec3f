import type { Kysely } from 'kysely';
import { describeOnDatabases } from '@fidelis/infra';
import { PersonalData } from './personal-data';
import type { PersonalDataTables } from './personal-data.table';
import type { Profile } from './profile';

const profile = (name: string, more: Partial<Profile> = {}): Profile => ({
  ...{ name, type: 'person', groups: ['retail/gold'] },
  ...more,
});

describeOnDatabases('personal data', (databases) => {
  let db: Kysely<PersonalDataTables>;
  let one: PersonalData;
  let two: PersonalData;

  /** Two replicas over the same rows, which both find no table. */
  beforeEach(() => {
    db = databases.open<PersonalDataTables>();
    [one, two] = [new PersonalData(db), new PersonalData(db)];
  });

  const put = (data: PersonalData, participantId: string, name: string) =>
    data.put({ participantId, contentHash: `of ${name}`, profile: profile(name) }, true);
  const names = async (filter: object): Promise<string[]> =>
    (await two.list({ limit: 10, ...filter })).map(({ profile: { name } }) => name);

  it('is there for every replica, and the same content twice is there once', async () => {
    await Promise.all([put(one, 'p1', 'Ann'), put(two, 'p1', 'Ann'), put(two, 'p2', 'Bob')]);
    expect(await one.find('p2', 'of Bob')).toEqual(profile('Bob'));
    expect(await names({})).toEqual(['Ann', 'Bob']);
  });

  it('shows what was said last once it is settled, and forgets the rest', async () => {
    await put(one, 'p1', 'Ann');
    const anna = { participantId: 'p1', contentHash: 'of Anna', profile: profile('Anna') };
    await one.put(anna, false);
    expect(await names({})).toEqual(['Ann']);
    await Promise.all([
      one.settle('p1', 'of Anna', ['of Ann']),
      two.settle('p1', 'of Anna', ['of Ann']),
    ]);
    expect(await names({})).toEqual(['Anna']);
    expect(await two.find('p1', 'of Ann')).toBeUndefined();
  });

  it('of another change under way is left alone', async () => {
    await put(one, 'p1', 'Ann');
    for (const name of ['Anna', 'Anne']) {
      const record = { participantId: 'p1', contentHash: `of ${name}`, profile: profile(name) };
      await one.put(record, false);
    }
    await one.settle('p1', 'of Anna', ['of Ann']);
    expect(await one.find('p1', 'of Anne')).toEqual(profile('Anne'));
    await one.settle('p1', 'of Anne', ['of Ann', 'of Anna']);
    expect(await names({})).toEqual(['Anne']);
    expect(await one.find('p1', 'of Anna')).toBeUndefined();
  });

  it('is found by parts of names in any case, and by group', async () => {
    await put(one, 'p1', 'Ann_a');
    await put(one, 'p2', 'Anna');
    expect(await names({ q: 'N_A' })).toEqual(['Ann_a']);
    expect(await names({ q: 'ANN' })).toEqual(['Ann_a', 'Anna']);
    expect(await names({ group: 'retail', afterId: 'p1' })).toEqual(['Anna']);
    expect(await names({ group: 'ret' })).toEqual([]);
  });
});

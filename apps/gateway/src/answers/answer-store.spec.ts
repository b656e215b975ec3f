import { openSqliteReadModel } from '@fidelis/read-model';
import { AnswerStore } from './answer-store';
import type { AnswerTables } from './answer-tables';

const answer = {
  fingerprint: 'f1',
  status: 201,
  contentType: 'application/json',
  body: '{"points":5}',
  storedAt: '2026-11-22T10:00:00.000Z',
};

const storeAt = async (
  now: () => string,
  db = openSqliteReadModel<AnswerTables>({ file: ':memory:' }),
) => {
  const store = new AnswerStore(db, {
    clock: { now },
    onError: (error) => {
      throw error;
    },
  });
  await store.open();
  return store;
};

describe('stored answers', () => {
  it('are found at once, while they are written, and afterwards', async () => {
    const store = await storeAt(() => '2026-11-22T10:00:01.000Z');
    store.put('a', answer);
    expect(await store.find('a')).toEqual(answer);
    const written = store.flush();
    expect(await store.find('a')).toEqual(answer);
    await written;
    expect(await store.find('a')).toEqual(answer);
    expect(await store.find('b')).toBeUndefined();
    await store.close();
  });

  it('are kept for 30 days', async () => {
    let now = '2026-12-22T09:59:59.000Z';
    const store = await storeAt(() => now);
    store.put('a', answer);
    await store.flush();
    await store.dropOld();
    expect(await store.find('a')).toEqual(answer);
    now = '2026-12-22T10:00:01.000Z';
    expect(await store.find('a')).toBeUndefined();
    await store.dropOld();
    now = '2026-11-23T00:00:00.000Z';
    expect(await store.find('a')).toBeUndefined();
    await store.close();
  });
});

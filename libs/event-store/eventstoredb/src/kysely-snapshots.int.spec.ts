import { describeOnDatabases } from '@fidelis/infra';
import { newStream } from '@fidelis/event-store-conformance';
import { KyselySnapshots } from './kysely-snapshots';

describeOnDatabases('snapshots beside an event store', (databases) => {
  it('of two processes: the one of the higher revision stays, and so does every operation', async () => {
    const db = databases.open();
    const [first, second] = await Promise.all([KyselySnapshots.open(db), KyselySnapshots.open(db)]);
    const stream = newStream();
    await first.write(stream, { revision: 20, version: 2, state: { points: 7 }, hash: 'h' }, [
      { operationId: 'credit-1', revision: 3 },
      { operationId: 'credit-2', revision: 15 },
    ]);
    await second.write(stream, { revision: 10, version: 1, state: { points: 5 } }, [
      { operationId: 'credit-1', revision: 3 },
      { operationId: 'hold-1', revision: 8 },
    ]);
    expect(await second.read(stream)).toEqual({
      ...{ revision: 20, version: 2, state: { points: 7 }, hash: 'h' },
    });
    const operations = ['credit-1', 'credit-2', 'hold-1', 'hold-2'];
    const found = operations.map((operation) => first.findOperation(stream, operation));
    expect(await Promise.all(found)).toEqual([3, 15, 8, undefined]);
  });

  it('hold thousands of operations and a state of any text', async () => {
    const snapshots = await KyselySnapshots.open(databases.open());
    const stream = newStream();
    const state = { text: 'a\u0000b \ud83c\udf9f "quoted"', lots: [{ points: 1 }] };
    const operations = Array.from({ length: 2500 }, (_, n) => ({
      ...{ operationId: `operation-${n}`, revision: n },
    }));
    await snapshots.write(stream, { revision: 2499, version: 1, state }, operations);
    expect((await snapshots.read(stream))?.state).toEqual(state);
    expect(await snapshots.findOperation(stream, 'operation-2499')).toBe(2499);
  });
});

import { newStream } from './fixtures';
import type { Running } from './harness';

export function describeSnapshots(running: Running): void {
  describe('snapshots', () => {
    it('are absent until one is written', async () => {
      const { snapshots } = running.store;
      expect(await snapshots.read(newStream())).toBeUndefined();
      expect(await snapshots.findOperation(newStream(), 'credit-1')).toBeUndefined();
    });

    it('give the last one written', async () => {
      const { snapshots } = running.store;
      const stream = newStream();
      await snapshots.write(stream, { revision: 9, version: 1, state: { points: 10 } }, []);
      const last = { revision: 19, version: 2, state: { points: 25, lots: [] }, hash: 'abc' };
      await snapshots.write(stream, last, []);
      expect(await snapshots.read(stream)).toEqual(last);
      expect(await snapshots.read(newStream())).toBeUndefined();
    });

    it('are not changed by what their writer or reader does to the state later', async () => {
      const { snapshots } = running.store;
      const stream = newStream();
      const state = { lots: ['a'] };
      await snapshots.write(stream, { revision: 0, version: 1, state }, []);
      state.lots.push('b');
      const read = await snapshots.read(stream);
      (read?.state['lots'] as string[]).push('c');
      expect((await snapshots.read(stream))?.state).toEqual({ lots: ['a'] });
    });

    it('know the operations of every snapshot of their stream', async () => {
      const { snapshots } = running.store;
      const [stream, other] = [newStream(), newStream()];
      const snapshot = { revision: 9, version: 1, state: {} };
      await snapshots.write(stream, snapshot, [
        { operationId: 'credit-1', revision: 0 },
        { operationId: 'credit-2', revision: 3 },
      ]);
      await snapshots.write(stream, { ...snapshot, revision: 19 }, [
        { operationId: 'hold-1', revision: 12 },
      ]);
      const found = ['credit-1', 'credit-2', 'hold-1', 'hold-2'].map((operationId) =>
        snapshots.findOperation(stream, operationId),
      );
      expect(await Promise.all(found)).toEqual([0, 3, 12, undefined]);
      expect(await snapshots.findOperation(other, 'credit-1')).toBeUndefined();
    });
  });
}

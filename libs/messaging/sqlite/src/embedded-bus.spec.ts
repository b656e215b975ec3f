import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '@fidelis/event-store-sqlite';
import { aesCipher } from '@fidelis/messaging';
import { describeMessageBus, type MessageBusHarness } from '@fidelis/messaging-conformance';
import { EmbeddedBus } from './embedded-bus';

const cipher = aesCipher(new Uint8Array(32).fill(7));

async function createHarness(): Promise<MessageBusHarness> {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-bus-'));
  const store = SqliteEventStore.open({ file: join(folder, 'events.db'), freezeEvents: true });
  let lives = 0;
  const file = (life: number): string => join(folder, `bus-${life}.db`);
  return Promise.resolve({
    store,
    open: (options) =>
      Promise.resolve(
        new EmbeddedBus({
          ...options,
          store,
          cipher,
          file: file(lives),
          offsetsEveryMs: 5,
          checkData: true,
        }),
      ),
    crash: async (bus) => {
      // The files as they are at this instant are what a dead process leaves behind.
      for (const part of ['', '-wal']) {
        if (existsSync(file(lives) + part))
          copyFileSync(file(lives) + part, file(lives + 1) + part);
      }
      lives += 1;
      await bus.close();
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  });
}

describeMessageBus({
  name: 'the embedded SQLite store',
  abilities: { disturbance: true, foreignRecords: false },
  createHarness,
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AppendRequest,
  type Appended,
  type EventStore,
  type SnapshotStore,
} from '@fidelis/event-store';
import { numbered, numbersOf, until } from '@fidelis/event-store-conformance';
import { EventStoreDbStore } from '@fidelis/event-store-eventstoredb';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { type RunningEventStoreServer, startEventStoreServer } from './event-store-server';

const WRITERS = 16;

let folder: string;
let server: RunningEventStoreServer;
let store: EventStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'event-store-server-'));
  server = await startEventStoreServer({ folder });
  const snapshots: SnapshotStore = new MemoryEventStore().snapshots;
  store = new EventStoreDbStore({ url: server.url, snapshots, limits: { deadlineMs: 20_000 } });
});
afterEach(async () => {
  await store.close();
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

const append = async (request: AppendRequest): Promise<Appended> => store.append(request).accepted;

describe('the event store server as a process', () => {
  it('has everything that it answered, once, after kill -9 in the midst of appends', async () => {
    const answered = new Map<string, number>();
    const ending = { now: false };
    const writers = Array.from({ length: WRITERS }, async (_, i) => {
      const stream = `thing-${i}`;
      for (let n = 0; !ending.now; n += 2) {
        const expectedRevision = n === 0 ? 'no-stream' : n - 1;
        // While the server is away the adapter repeats it, with the same event ids.
        const { revision } = await append({ stream, expectedRevision, events: numbered(n, n + 1) });
        answered.set(stream, revision);
      }
    });
    for (let kills = 0; kills < 3; kills += 1) {
      const before = [...answered.values()].reduce((sum, n) => sum + n, 0);
      await until(() => [...answered.values()].reduce((sum, n) => sum + n, 0) > before + 200);
      await server.kill();
      await server.restart();
    }
    ending.now = true;
    await Promise.all(writers);
    for (const [stream, revision] of answered) {
      const stored: unknown[] = [];
      while (stored.length <= revision) {
        const page = await store.readStream(stream, { fromRevision: stored.length });
        if (page.length === 0) break;
        stored.push(...numbersOf(page));
      }
      expect(stored).toEqual([...Array(revision + 1).keys()]);
    }
  });

  it('is told of faults over its control port', async () => {
    const events = numbered(0, 0);
    const request = { stream: 'thing-1', expectedRevision: 'no-stream', events } as const;
    await server.silentFor(400);
    const begun = performance.now();
    expect((await append(request)).revision).toBe(0);
    expect(performance.now() - begun).toBeGreaterThan(300);
    await server.slowBy(10);
    await server.slowBy(0);
    await server.dropSubscriptions();
    await server.changeLeader();
    expect(await store.readStream('thing-1')).toHaveLength(1);
  });
});

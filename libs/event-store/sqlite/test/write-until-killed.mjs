// Appends without end, 32 writers at a time, and says on standard output what has become durable:
// `stream revision eventId`. The crash test kills it. Arguments: the data folder, a name.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import sqlite from '@fidelis/event-store-sqlite';

const [folder, name] = process.argv.slice(2);
sqlite.DataFolderLock.acquire(folder);
const store = sqlite.SqliteEventStore.open({
  file: join(folder, 'events.db'),
  // Small, so that the kill also meets heads that are half written behind.
  limits: { dirtyHeadsMax: 200, replayEventsMax: 2000 },
});
const metadata = { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'crash-test' };
const newEvent = () => ({ id: randomUUID(), type: 'ThingHappened', data: { name }, metadata });

async function write(writer) {
  for (let i = 0; ; i += 1) {
    // Every writer goes on with a stream of its own and begins a new one now and then.
    const stream = i % 4 === 0 ? `thing-${name}-${writer}-${i}` : `thing-writer-${writer}`;
    const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
    const events = [newEvent(), newEvent()];
    const expectedRevision = last?.revision ?? 'no-stream';
    const { accepted, durable } = store.append({ stream, expectedRevision, events });
    const { revision } = await accepted;
    await durable;
    const lines = events.map(({ id }, n) => `${stream} ${revision - 1 + n} ${id}\n`);
    writeSync(1, lines.join(''));
  }
}

for (let writer = 0; writer < 32; writer += 1) void write(writer);

import { type RecordedEvent, START, WrongExpectedRevision } from '@fidelis/event-store';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolderInUse, DataFolderLock } from './data-folder-lock';
import { SqliteEventStore } from './sqlite-event-store';

const ROUNDS = 8;
const child = join(__dirname, '..', 'test', 'write-until-killed.mjs');

describe('kill -9 under load', () => {
  let folder: string;

  beforeAll(() => {
    // The child is a plain Node process and runs what is built.
    execFileSync(process.execPath, [join(__dirname, '../../../../tools/build.mjs')]);
    folder = mkdtempSync(join(tmpdir(), 'event-store-crash-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('keeps every acknowledged event exactly once, and the heads right', async () => {
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      await writeAndKill(folder, { round, acknowledged });
      const lock = DataFolderLock.acquire(folder);
      const store = SqliteEventStore.open({ file: join(folder, 'events.db') });
      const events = await everything(store);
      expect(events.filter(({ position }, i) => position !== i)).toEqual([]);
      expectAcknowledged(events, acknowledged);
      await expectHeads(store, events);
      await store.close();
      lock.release();
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS * 100);
  }, 60_000);
});

interface Kill {
  readonly round: number;
  readonly acknowledged: Map<string, string>;
}

async function writeAndKill(folder: string, { round, acknowledged }: Kill): Promise<void> {
  const writer = spawn(process.execPath, [child, folder, `round${round}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  writer.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  try {
    await once(writer.stdout, 'data');
    expect(() => DataFolderLock.acquire(folder)).toThrow(DataFolderInUse);
    await new Promise((resolve) => setTimeout(resolve, Math.floor(Math.random() * 300)));
  } finally {
    writer.kill('SIGKILL');
    await once(writer, 'close');
  }
  // The last line may be cut off.
  for (const line of text.split('\n').slice(0, -1)) {
    const [stream = '', revision = '', id = ''] = line.split(' ');
    acknowledged.set(`${stream} ${revision}`, id);
  }
}

async function everything(store: SqliteEventStore): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readAll({ after: all.at(-1)?.position ?? START });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

function expectAcknowledged(events: readonly RecordedEvent[], acknowledged: Kill['acknowledged']) {
  const stored = new Map(events.map(({ stream, revision, id }) => [`${stream} ${revision}`, id]));
  const lost = [...acknowledged].filter(([place, id]) => stored.get(place) !== id);
  expect(lost).toEqual([]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
}

/** Of each stream: its events are whole, and only its last revision may be appended to. */
async function expectHeads(store: SqliteEventStore, events: readonly RecordedEvent[]) {
  const streams = new Map<string, number>();
  const gaps = events.filter(({ stream, revision }) => {
    const expected = (streams.get(stream) ?? -1) + 1;
    streams.set(stream, revision);
    return revision !== expected;
  });
  expect(gaps).toEqual([]);
  for (const [stream, revision] of streams) {
    const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
    if (last?.revision !== revision) throw new Error(`${stream} does not end at ${revision}`);
  }
  const [[stream = '', revision = 0] = []] = streams;
  const metadata = { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'after-crash' };
  const next = [{ id: randomUUID(), type: 'ThingHappened', data: {}, metadata }];
  const wrong = store.append({ stream, expectedRevision: 'no-stream', events: next });
  await expect(wrong.accepted).rejects.toBeInstanceOf(WrongExpectedRevision);
  await store.append({ stream, expectedRevision: revision, events: next }).durable;
}

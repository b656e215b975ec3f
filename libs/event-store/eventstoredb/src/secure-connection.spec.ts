import { type EventStore, START } from '@fidelis/event-store';
import { append, newStream, numbered, numbersOf, until } from '@fidelis/event-store-conformance';
import { EventStoreTestServer } from '@fidelis/event-store-test-server';
import { OperationalError } from '@fidelis/kernel';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { EventStoreDbStore } from './event-store-db-store';
import { isOpensslHere, makeCertificates } from './test-certificates';

const WRONG = 'wr0ng-passw0rd';
/** Has everything in it that a URL must escape, and a colon, which the client would cut it at. */
const RIGHT = 'p@ss/w?rd:100%';

const describeWithOpenssl = isOpensslHere() ? describe : describe.skip;
if (!isOpensslHere()) process.stdout.write('skipped: TLS needs openssl to make certificates\n');

describeWithOpenssl('an event store with TLS and users', () => {
  let folder: string;
  let caFile: string;
  let server: EventStoreTestServer;
  const stores: EventStoreDbStore[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eventstoredb-tls-'));
    const { caFile: file, ...tls } = makeCertificates(folder);
    caFile = file;
    server = await EventStoreTestServer.start({ folder, tls, users: { fidelis: RIGHT } });
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  function connect(
    user: string,
    options: { hosts?: string; ca?: string; deadlineMs?: number } = {},
  ): EventStore {
    const { hosts = `localhost:${server.port}`, ca = caFile, deadlineMs = 10_000 } = options;
    const url = `esdb://${user}${hosts}?tls=true&tlsCAFile=${encodeURIComponent(ca)}`;
    const snapshots = undefined as unknown as EventStore['snapshots'];
    const store = new EventStoreDbStore({ url, snapshots, limits: { deadlineMs } });
    stores.push(store);
    return store;
  }
  const as = (password: string): string => `fidelis:${encodeURIComponent(password)}@`;

  async function worksOn(store: EventStore): Promise<void> {
    const stream = newStream();
    const category = stream.slice(0, stream.indexOf('-'));
    const seen: unknown[] = [];
    const subscription = store.subscribe({
      ...{ name: 'secure', after: START, categories: [category], batchSizeMax: 10 },
      onBatch: (events) => {
        seen.push(...numbersOf(events));
        return Promise.resolve();
      },
    });
    const request = { stream, expectedRevision: 'no-stream', events: numbered(0, 2) } as const;
    const { position } = await append(store, request);
    expect(numbersOf(await store.readStream(stream))).toEqual([0, 1, 2]);
    expect(await store.headOf([category])).toBe(position);
    await until(() => seen.length === 3);
    await subscription.stop();
  }

  /** How each kind of call fails, with all that a log could show of it. */
  async function failuresOf(store: EventStore): Promise<string> {
    const failures: unknown[] = [];
    const subscription = store.subscribe({
      ...{ name: 'refused', after: START, categories: ['thing'], batchSizeMax: 10 },
      onBatch: () => Promise.resolve(),
      onError: (error) => failures.push(error),
    });
    const request = { stream: newStream(), expectedRevision: 'no-stream' } as const;
    const calls = [
      Promise.resolve(store.append({ ...request, events: numbered(0, 0) }).accepted),
      store.readStream(newStream()),
      store.headOf(['thing']),
    ];
    for (const call of calls) await expect(call).rejects.toThrow(OperationalError);
    failures.push(...(await Promise.allSettled(calls)));
    await until(() => failures.length > calls.length);
    await subscription.stop();
    return inspect(failures, { depth: 10, showHidden: true });
  }

  it('serves who is known', async () => {
    await worksOn(connect(as(RIGHT)));
  });

  it('is found among several hosts', async () => {
    const hosts = `localhost:9,localhost:${server.port}`;
    await worksOn(connect(as(RIGHT), { hosts }));
  });

  it('refuses a wrong password, and no failure shows it', async () => {
    const shown = await failuresOf(connect(as(WRONG)));
    expect(shown).toContain('Unauthenticated');
    expect(shown).not.toContain(WRONG);
    expect(shown).not.toContain(Buffer.from(`fidelis:${WRONG}`).toString('base64'));
  });

  it('refuses who names nobody', async () => {
    expect(await failuresOf(connect(''))).toContain('Access Denied');
  });

  it('is not trusted when another authority than the one named has signed its certificate', async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    const { caFile: ca } = makeCertificates(other);
    const store = connect(as(RIGHT), { ca, deadlineMs: 1000 });
    await expect(store.readStream(newStream())).rejects.toThrow(OperationalError);
  });
});

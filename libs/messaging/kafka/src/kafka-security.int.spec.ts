import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { startKafka, type RunningKafka, type SecuredKafka } from '@fidelis/infra';
import { AlwaysHeld } from '@fidelis/leases';
import { aesCipher, waitForHead } from '@fidelis/messaging';
import { NoteBook, NOTES, notesPublisher, Recorder } from '@fidelis/messaging-conformance';
import { openSqliteReadModel } from '@fidelis/read-model';
import type { BusTables } from './bus-tables';
import { KafkaBus } from './kafka-bus';
import type { KafkaServer } from './kafka-client';
import { createTopics, topicsOf } from './topics';

const USER = { username: 'fidelis', password: 'opensesame' };
const topics = topicsOf([NOTES], { partitions: 2 });

describe('a Kafka that asks who comes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-kafka-security-'));
  let broker: RunningKafka;
  let secured: SecuredKafka;
  let tls: { readonly authorities: string };

  beforeAll(async () => {
    broker = await startKafka({ folder, securedFor: USER });
    if (broker.secured === undefined) throw new Error('it has no secured listeners');
    secured = broker.secured;
    tls = { authorities: readFileSync(secured.certificateFile, 'utf8') };
  });
  afterAll(async () => {
    await broker.stop();
    rmSync(folder, { recursive: true });
  });

  /** From the store's feed to a topic and back, on connections of every kind. */
  async function carryOne(server: KafkaServer): Promise<readonly string[]> {
    await createTopics({ ...server, topics });
    const store = new MemoryEventStore();
    const database = openSqliteReadModel<BusTables>({ file: ':memory:' });
    const reader = new Recorder();
    const bus = new KafkaBus({
      ...{ ...server, clientId: 'secured', store, database, publishers: [notesPublisher] },
      leases: new AlwaysHeld(),
      cipher: aesCipher(new Uint8Array(32).fill(7)),
    });
    try {
      await bus.start([reader.consumer()]);
      await new NoteBook(store).write('a', ['hello']);
      await waitForHead(bus, { timeoutMs: 30_000 });
      return reader.texts;
    } finally {
      await bus.close();
      await store.close();
      await database.destroy();
    }
  }

  it('carries messages over TLS to who logs in by scram-sha-512', async () => {
    const login = { ...USER, mechanism: 'scram-sha-512' } as const;
    expect(await carryOne({ url: secured.tlsLoginUrl, tls, login })).toEqual(['hello']);
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'lets in by %s',
    async (mechanism) => {
      const login = { ...USER, mechanism };
      await createTopics({ url: secured.loginUrl, login, topics });
      await createTopics({ url: secured.tlsLoginUrl, tls, login, topics });
    },
  );

  it('speaks TLS without a login, too', async () => {
    await createTopics({ url: secured.tlsUrl, tls, topics });
  });

  it.each(['plain', 'scram-sha-256'] as const)(
    'refuses a wrong password by %s at once, and nobody repeats it',
    async (mechanism) => {
      const login = { mechanism, username: USER.username, password: 'wrong-sesame' };
      const refused = createTopics({ url: secured.loginUrl, login, topics });
      const error: unknown = await refused.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(String(error)).toMatch(/authentication/i);
      expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('sesame');
    },
  );

  it('is not believed without a certificate that is known', async () => {
    await expect(createTopics({ url: secured.tlsUrl, tls: {}, topics })).rejects.toThrow(
      /self-signed certificate/,
    );
  });
});

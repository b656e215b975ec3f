import { Catch, Controller, Module, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigResourceTypes, Kafka, logLevel, Partitioners, type KafkaMessage } from 'kafkajs';
import { defineMessage } from '@fidelis/contracts';
import { ContractError, eventIdOf } from '@fidelis/kernel';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import type { LeasedWork, Leases } from '@fidelis/leases';
import {
  BusServer,
  Consumes,
  definePublisher,
  encodeMessage,
  outgoing,
  waitForHead,
  type Message,
} from '@fidelis/messaging';
import {
  eventually,
  NoteBook,
  NOTES,
  notesPublisher,
  NoteWrittenV1,
  Recorder,
  type Note,
} from '@fidelis/messaging-conformance';
import { openSqliteReadModel } from '@fidelis/read-model';
import type { BusTables } from './bus-tables';
import { brokersOf } from './kafka-client';
import { KafkaUnderTest } from './kafka-under-test';
import { Replica, type ReplicaOptions, type Site } from './replica';
import { createTopics, topicsOf } from './topics';

const NOTES_DLQ = 'loyalty.notes.note.dlq.v1';
const TICKETS = 'loyalty.pos.transactions.v1';
const TicketV1 = defineMessage<Note>('pos.transaction.v1', TICKETS);
const GROUP = 'reader.keep-notes';
const publishers = [notesPublisher];
const RECORDED_AT = '2026-11-22T10:00:00.000Z';

describe('the topics of the Kafka bus', () => {
  const kafka = new KafkaUnderTest();
  let site: Site;
  let notes: NoteBook;
  let replicas: Replica[];

  beforeAll(() => kafka.start());
  afterAll(() => kafka.stop());

  beforeEach(async () => {
    await kafka.empty([NOTES, TICKETS]);
    const store = new MemoryEventStore();
    const database = openSqliteReadModel<BusTables>({ file: ':memory:' });
    site = { url: kafka.broker.url, store, database };
    notes = new NoteBook(store);
    replicas = [];
  });

  afterEach(async () => {
    await Promise.all(replicas.map(({ bus }) => bus.close()));
    await site.store.close();
    await site.database.destroy();
  });

  async function start(options: ReplicaOptions): Promise<Replica> {
    const replica = new Replica(site, options);
    replicas.push(replica);
    return replica.start();
  }

  it('are made once, keep events for ever, dead letters and tickets for 30 days', async () => {
    const topics = topicsOf(['loyalty.post.parcel.events.v1', NOTES]);
    expect(await createTopics({ url: site.url, topics })).toEqual([
      'loyalty.post.parcel.events.v1',
      'loyalty.post.parcel.dlq.v1',
    ]);
    expect(await createTopics({ url: site.url, topics })).toEqual([]);

    const [topic = ''] = topics.map((each) => each.topic);
    const described = await kafka.admin.fetchTopicMetadata({ topics: [topic] });
    expect(described.topics[0]?.partitions).toHaveLength(12);
    expect(await configOf(topic)).toMatchObject({
      'retention.ms': '-1',
      'cleanup.policy': 'delete',
      'compression.type': 'uncompressed',
    });
    const month = { 'retention.ms': '2592000000' };
    expect(await configOf('loyalty.post.parcel.dlq.v1')).toMatchObject(month);
    // What tills send is not ours to keep.
    expect(await configOf(TICKETS)).toMatchObject(month);
  });

  it('are not made by whoever needs them', async () => {
    const Lost = defineMessage<Note>('post.lorry-lost.v1', 'loyalty.post.lorry.events.v1');
    const reader = new Recorder().consumer({ contracts: [Lost] });
    await expect(start({ consumers: [reader] })).rejects.toThrow(
      'no such topics: loyalty.post.lorry.events.v1, loyalty.post.lorry.dlq.v1',
    );
  });

  it('carry data with a key and a value of its own as data', async () => {
    const data = { key: 'not the key', value: 'not the value', text: 'a' };
    await appendOne('note-k', data);
    const whole = definePublisher({
      ...notesPublisher,
      toMessages: (event) => [
        outgoing(NoteWrittenV1, { key: event.stream, data: event.data as unknown as Note }),
      ],
    });
    const reader = new Recorder();
    const { bus } = await start({ publishers: [whole], consumers: [reader.consumer()] });
    await waitForHead(bus, { timeoutMs: 20_000 });

    expect(reader.taken[0]).toMatchObject({ key: 'note-k', data });
    const [record] = await recordsOf(NOTES, 1);
    expect(String(record?.key)).toBe('note-k');
    expect(headersOf(record)).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      ce_id: reader.taken[0]?.id,
    });
    expect(JSON.parse(String(record?.value))).toMatchObject({ specversion: '1.0', data });
  });

  it('are filled many messages at a time, in order', async () => {
    const texts = Array.from({ length: 900 }, (_, i) => String(i));
    for (const key of ['a', 'b', 'c', 'd', 'e']) await notes.write(key, texts);
    const reader = new Recorder();
    const { bus } = await start({ publishers, consumers: [reader.consumer({ mode: 'batch' })] });
    await waitForHead(bus, { timeoutMs: 20_000 });

    expect(reader.calls.length).toBeLessThan(900);
    expect(reader.taken).toHaveLength(4_500);
    for (const key of ['a', 'e']) expect(reader.textsOf(key)).toEqual(texts);
  });

  it('of dead letters have the original bytes, where they came from and why', async () => {
    const garbage = Buffer.from([0xff, 0x00, 0x7b]);
    const reader = new Recorder().consumer({ contracts: [TicketV1] });
    const { bus } = await start({ publishers, consumers: [reader] });
    await kafka.publish(TICKETS, 'ticket-1', garbage);
    await waitForHead(bus, { timeoutMs: 20_000 });

    const [record] = await recordsOf('loyalty.pos.transactions.dlq.v1', 1);
    expect(headersOf(record)).toMatchObject({
      reason: 'ContractError: the message is not UTF-8',
      attempts: '1',
      group: GROUP,
      'source-topic': TICKETS,
      'source-partition': expect.stringMatching(/^[0-3]$/),
      'source-offset': expect.stringMatching(/^[0-9]+$/),
    });
    expect(record?.value?.equals(garbage)).toBe(true);
  });

  it('have dead letters that a process without the group lists and sends again', async () => {
    const refused = new Set(['a0']);
    const reader = new Recorder().reacts(({ data }) => {
      if (refused.has(data.text)) throw new ContractError(`${data.text} is refused`);
    });
    const { bus } = await start({ publishers, consumers: [reader.consumer()] });
    await notes.write('a', ['a0', 'a1']);
    await waitForHead(bus, { timeoutMs: 20_000 });
    const office = (await start({})).bus.deadLetters;
    const [letter] = await office.list({ group: GROUP });
    expect(letter).toMatchObject({ topic: NOTES, key: 'note-a', attempts: 1 });
    const id = letter?.id ?? '';

    // Refused once more by its group: it comes back, with the attempts of both.
    expect(await office.retry(id)).toBe('queued');
    await eventually(async () => (await office.get(id))?.attempts === 2);
    refused.clear();
    expect(await office.retry(id)).toBe('queued');
    await eventually(async () => (await office.count()) === 0);
    expect(reader.texts).toEqual(['a1', 'a0']);
    expect(await recordsOf(NOTES_DLQ, 2)).toHaveLength(2);
  });

  it('are at the head only when the relays of all services have sent theirs', async () => {
    const works: LeasedWork[] = [];
    const leases: Leases = {
      hold: (_name, work) => {
        works.push(work);
        return { isHeld: false, settled: Promise.resolve(), release: () => work.stop() };
      },
      close: () => Promise.resolve(),
    };
    // The service that publishes: another replica of it, which is away, holds the lease.
    await start({ publishers, leases });
    const reader = new Recorder();
    const { bus } = await start({ consumers: [reader.consumer()] });
    await notes.write('a', ['a0']);
    const head = await site.store.headOf();
    expect(await bus.reachedHead(GROUP, head)).toBe(false);
    for (const work of works) await work.start();
    await eventually(() => bus.reachedHead(GROUP, head));

    expect(reader.texts).toEqual(['a0']);
  });

  it('may hold transactions of others, whose ends are nobody’s message', async () => {
    const reader = new Recorder();
    const { bus } = await start({ consumers: [reader.consumer({ contracts: [TicketV1] })] });
    const client = new Kafka({ brokers: brokersOf(site.url), logLevel: logLevel.NOTHING });
    const producer = client.producer({
      transactionalId: 'till-1',
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    for (const id of ['1', '2']) {
      const transaction = await producer.transaction();
      const messages = [{ key: 'k', value: encodeMessage(ticket(id)) }];
      await transaction.send({ topic: TICKETS, messages });
      await (id === '1' ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    await waitForHead(bus, { timeoutMs: 10_000 });

    expect(reader.texts).toEqual(['1']);
  });

  it('are read on when a handler’s filter breaks', async () => {
    const { bus } = new Replica(site, { publishers, delivery: { unforeseenAttemptsMax: 2 } });
    const app = await NestFactory.createMicroservice(FilteredModule, {
      strategy: new BusServer(bus),
      logger: false,
    });
    await app.listen();
    await notes.write('a', ['a0', 'a1']);
    await waitForHead(bus, { timeoutMs: 20_000 });

    const letters = await bus.deadLetters.list();
    expect(letters.map(({ reason, attempts }) => [reason, attempts])).toEqual([
      ['TypeError: the filter is broken', 2],
    ]);
    expect(seen).toEqual(['a1']);
    await app.close();
  });

  async function configOf(topic: string): Promise<Record<string, string>> {
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
    const answer = await kafka.admin.describeConfigs({
      resources: [resource],
      includeSynonyms: false,
    });
    const entries = answer.resources[0]?.configEntries ?? [];
    return Object.fromEntries(
      entries.map(({ configName, configValue }) => [configName, configValue]),
    );
  }

  async function recordsOf(topic: string, count: number): Promise<readonly KafkaMessage[]> {
    const client = new Kafka({ brokers: brokersOf(site.url), logLevel: logLevel.NOTHING });
    const consumer = client.consumer({ groupId: 'test.look', maxWaitTimeInMs: 50 });
    const found: KafkaMessage[] = [];
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => Promise.resolve(void found.push(message)),
    });
    await eventually(() => found.length >= count);
    await consumer.disconnect();
    return found;
  }

  async function appendOne(stream: string, data: Note): Promise<void> {
    const operationId = 'write';
    const { accepted, durable } = site.store.append({
      stream,
      expectedRevision: 'no-stream',
      events: [
        {
          id: eventIdOf({ stream, operationId, now: RECORDED_AT, index: 0 }),
          type: 'NoteWritten',
          data: { ...data },
          metadata: { recordedAt: RECORDED_AT, operationId },
        },
      ],
    });
    await Promise.all([accepted, durable]);
  }
});

function headersOf(record: KafkaMessage | undefined): Record<string, string> {
  const headers = Object.entries(record?.headers ?? {});
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
}

function ticket(id: string): Message<Note> {
  const { type, topic } = TicketV1;
  const origin = { source: '/till/1', time: RECORDED_AT, key: 'k', aggregate: 'k', revision: 0 };
  return { id, type, topic, ...origin, data: { text: id } };
}

const seen: string[] = [];

@Catch()
class BrokenFilter implements ExceptionFilter {
  catch(): never {
    throw new TypeError('the filter is broken');
  }
}

@Controller()
class FilteredConsumer {
  @UseFilters(BrokenFilter)
  @Consumes(NoteWrittenV1, { group: 'reader.filtered' })
  async onWritten({ text }: Note): Promise<void> {
    await Promise.resolve();
    if (text === 'a0') throw new ContractError('bad');
    seen.push(text);
  }
}

@Module({ controllers: [FilteredConsumer] })
class FilteredModule {}

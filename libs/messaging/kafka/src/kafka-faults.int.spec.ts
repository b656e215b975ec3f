import { AssignerProtocol, Kafka, logLevel, type PartitionAssigner } from 'kafkajs';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { OperationalError } from '@fidelis/kernel';
import { waitForHead, type ReceivedMessage } from '@fidelis/messaging';
import {
  eventually,
  Gate,
  NoteBook,
  NOTES,
  notesPublisher,
  Recorder,
  type Note,
} from '@fidelis/messaging-conformance';
import { openSqliteReadModel } from '@fidelis/read-model';
import type { BusTables } from './bus-tables';
import { brokersOf } from './kafka-client';
import { KafkaUnderTest } from './kafka-under-test';
import { LostLeases } from './lost-leases';
import { Replica, type ReplicaOptions, type Site } from './replica';

const GROUP = 'reader.keep-notes';
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const publishers = [notesPublisher];

describe('the Kafka bus in trouble', () => {
  const kafka = new KafkaUnderTest();
  let site: Site;
  let notes: NoteBook;
  let replicas: Replica[];
  let flow: { stop: () => Promise<number> } | undefined;

  beforeAll(() => kafka.start());
  afterAll(() => kafka.stop());

  beforeEach(async () => {
    await kafka.empty([NOTES]);
    const store = new MemoryEventStore();
    const database = openSqliteReadModel<BusTables>({ file: ':memory:' });
    site = { url: kafka.broker.url, store, database };
    notes = new NoteBook(store);
    replicas = [];
    flow = undefined;
  });

  afterEach(async () => {
    await flow?.stop();
    await Promise.all(replicas.map(({ bus }) => bus.close()));
    await site.store.close();
    await site.database.destroy();
  });

  async function start(options: ReplicaOptions): Promise<Replica> {
    const replica = new Replica(site, options);
    replicas.push(replica);
    return replica.start();
  }

  /** Rounds of one note a key, until stopped; answers how many rounds there were. */
  function writing(): { stop: () => Promise<number> } {
    let rounds = 0;
    let stopped = false;
    const write = async (): Promise<void> => {
      for (; !stopped; rounds += 1) {
        for (const key of KEYS) await notes.write(key, [`${key}${rounds}`]);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const ended = write();
    return {
      stop: async () => {
        stopped = true;
        await ended;
        return rounds;
      },
    };
  }

  it('loses nothing and keeps each key’s order when the broker is killed and comes back', async () => {
    const reader = new Recorder();
    const { bus, defects } = await start({ publishers, consumers: [reader.consumer()] });
    flow = writing();
    await eventually(() => reader.taken.length > 100);
    await kafka.broker.kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await kafka.broker.restart();
    const before = reader.taken.length;
    await eventually(() => reader.taken.length > before + 100);
    const rounds = await flow.stop();
    await waitForHead(bus, { timeoutMs: 30_000 });

    expectAll(reader.taken, rounds);
    expect(defects).toEqual([]);
  });

  it('shares the keys between two replicas that come and go while messages flow', async () => {
    const [first, second] = [new Recorder(), new Recorder()];
    const a = await start({ publishers, consumers: [first.consumer()] });
    flow = writing();
    await eventually(() => first.taken.length > 100);
    const b = await start({ consumers: [second.consumer()] });
    await eventually(() => second.taken.length > 100);
    // Whoever leaves in order has committed what it did.
    await b.bus.close();
    const before = first.taken.length;
    await eventually(() => new Set(first.taken.slice(before).map(({ key }) => key)).size === 8);
    const rounds = await flow.stop();
    await waitForHead(a.bus, { timeoutMs: 20_000 });

    expectAll(inOrderOfOffsets([...first.taken, ...second.taken]), rounds);
    expectOrder(first.taken);
    expectOrder(second.taken);
    // What was in flight when partitions moved may come twice, and no more.
    const times = first.taken.length + second.taken.length;
    expect(times - rounds * KEYS.length).toBeLessThan(100);
    expect([...a.defects, ...b.defects]).toEqual([]);
  });

  it('commits nothing of what another replica took over', async () => {
    const gate = new Gate();
    const slow = new Recorder().reacts(() => gate.opened);
    const a = await start({ publishers, consumers: [slow.consumer()] });
    for (const key of KEYS) await notes.write(key, [`${key}0`]);
    await eventually(() => slow.calls.length === 8);
    const reader = new Recorder();
    const b = await start({ consumers: [reader.consumer()] });
    await eventually(() => reader.taken.length > 0);
    gate.open();
    await waitForHead(b.bus, { timeoutMs: 20_000 });
    await a.bus.close();
    await waitForHead(b.bus, { timeoutMs: 20_000 });

    const all = new Set([...slow.texts, ...reader.texts]);
    expect([...all].sort()).toEqual(KEYS.map((key) => `${key}0`));
    // Nothing is behind the others: the offsets are where the replica that is left put them.
    expect(b.bus.status()[0]).toMatchObject({ inFlight: 0, lag: 0 });
  });

  it('delivers again, on another replica, what one did not finish before it was killed', async () => {
    const never = new Gate();
    const before = new Recorder().reacts(({ data }) =>
      data.text === 'a1' ? never.opened : undefined,
    );
    await notes.write('a', ['a0', 'a1', 'a2']);
    const killed = await start({ publishers, consumers: [before.consumer({ mode: 'batch' })] });
    await eventually(() => before.taken.length === 1);
    await killed.bus.abandon();
    const after = new Recorder();
    const { bus } = await start({ publishers, consumers: [after.consumer({ mode: 'batch' })] });
    await waitForHead(bus, { timeoutMs: 20_000 });

    expect(after.texts).toEqual(['a0', 'a1', 'a2']);
    never.open();
  });

  it('goes on with all other partitions while one stalls', async () => {
    let away = true;
    const reader = new Recorder().reacts(({ key }) => {
      if (away && key === 'note-a') throw new OperationalError('the database is away');
    });
    // So little room that the stalled partition is full at once.
    const delivery = { spanMax: 10, queuedMax: 20 };
    await notes.write('a', tenTimes(30, 'a'));
    const { bus } = await start({ publishers, delivery, consumers: [reader.consumer()] });
    const others = KEYS.slice(1);
    for (const key of others) await notes.write(key, tenTimes(30, key));
    // Keys of the stalled partition wait; four partitions of eight keys have others.
    await eventually(() => reader.taken.length >= 4 * 300);
    expect(reader.textsOf('a')).toEqual([]);
    expect(bus.status()[0]?.keysRetrying).toBeGreaterThan(0);
    away = false;
    await waitForHead(bus, { timeoutMs: 20_000 });

    for (const key of KEYS) expect(reader.textsOf(key)).toEqual(tenTimes(30, key));
    expect(await bus.deadLetters.count()).toBe(0);
  });

  it('ends the process when a consumer ends that nobody asked to end', async () => {
    const foreign = await foreignMember(site.url);
    const { defects } = await start({ publishers, consumers: [new Recorder().consumer()] });
    await eventually(() => defects.length > 0);

    expect(String(defects[0])).toContain(`the consumer of ${GROUP} has ended`);
    await foreign.disconnect();
  });

  it('ends the process when a consumer goes silent though the broker answers', async () => {
    const { defects } = await start({
      consumers: [new Recorder().consumer()],
      // A poll without messages lasts longer than the silence that is allowed.
      timing: { pollMs: 4_000, heartbeatEveryMs: 5_000, silenceMaxMs: 400 },
    });
    await eventually(() => defects.length > 0);

    expect(String(defects[0])).toContain('no sign of life, though the broker answers');
  });

  it('publishes once from two replicas of which one was paused and wakes up late', async () => {
    const leases = new LostLeases();
    const paused = await start({ publishers, leases });
    await notes.write('a', ['a0']);
    await eventually(async () => (await kafka.lengthOf(NOTES)) === 1);
    // Its lease ended while it slept; somebody else holds it now.
    leases.isLost = true;
    const awake = await start({ publishers });
    await notes.write('a', ['a1', 'a2']);
    await eventually(async () => (await kafka.lengthOf(NOTES)) === 3);
    await eventually(() => paused.problems.length > 0);

    expect(String(paused.problems[0]?.error)).toContain('another replica publishes notes:');
    expect(awake.problems).toEqual([]);
    expect(await kafka.lengthOf(NOTES)).toBe(3);
  });
});

const tenTimes = (count: number, key: string): string[] =>
  Array.from({ length: count * 10 }, (_, i) => `${key}${i}`);

/** Every key's notes, each at least once, first seen in the order in which they were written. */
function expectAll(taken: readonly ReceivedMessage<Note>[], rounds: number): void {
  for (const key of KEYS) {
    const texts = taken.filter((each) => each.key === `note-${key}`).map(({ data }) => data.text);
    expect([...new Set(texts)]).toEqual(Array.from({ length: rounds }, (_, i) => `${key}${i}`));
  }
}

/** Of each key nothing older for the first time after something newer. */
function expectOrder(taken: readonly ReceivedMessage<Note>[]): void {
  for (const key of KEYS) {
    const revisions = taken
      .filter((each) => each.key === `note-${key}`)
      .map((each) => each.revision);
    const distinct = [...new Set(revisions)];
    expect(distinct).toEqual([...distinct].sort((a, b) => a - b));
  }
}

function inOrderOfOffsets(
  taken: readonly ReceivedMessage<Note>[],
): readonly ReceivedMessage<Note>[] {
  const offsetOf = ({ position }: ReceivedMessage): number => Number(position.split(':')[1]);
  return [...taken].sort((a, b) => offsetOf(a) - offsetOf(b));
}

/** A member of the group that speaks another protocol: whoever comes after it is refused. */
async function foreignMember(url: string): Promise<{ disconnect: () => Promise<void> }> {
  const assigner: PartitionAssigner = () => ({
    name: 'Foreign',
    version: 1,
    assign: ({ members }) =>
      Promise.resolve(
        members.map(({ memberId }) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 1,
            assignment: {},
            userData: Buffer.alloc(0),
          }),
        })),
      ),
    protocol: ({ topics }) => ({
      name: 'Foreign',
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: 1,
        topics,
        userData: Buffer.alloc(0),
      }),
    }),
  });
  const client = new Kafka({ brokers: brokersOf(url), logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId: GROUP, partitionAssigners: [assigner] });
  await consumer.connect();
  await consumer.subscribe({ topics: [NOTES] });
  await consumer.run({ eachMessage: () => Promise.resolve() });
  return consumer;
}

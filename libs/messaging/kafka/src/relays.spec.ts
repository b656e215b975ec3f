import { MemoryEventStore } from '@fidelis/event-store-memory';
import { AlwaysHeld, type Leases } from '@fidelis/leases';
import type { BusProblem, Message } from '@fidelis/messaging';
import { eventually, Gate, NoteBook, notesPublisher } from '@fidelis/messaging-conformance';
import { openSqliteReadModel } from '@fidelis/read-model';
import { createBusTables, type BusTables } from './bus-tables';
import { LostLeases } from './lost-leases';
import { Relays } from './relays';
import { registerRelays, relaysOf } from './relay-positions';

/** A topic, and a way to be paused on the way to it. */
class Topic {
  readonly ids: string[] = [];
  private gate: Gate | undefined;
  waiting = 0;

  holds(gate: Gate): this {
    this.gate = gate;
    return this;
  }

  async sendMessages(_topic: string, messages: readonly Message[]): Promise<void> {
    this.waiting += 1;
    await this.gate?.opened;
    this.ids.push(...messages.map(({ data }) => (data as { text: string }).text));
  }
}

describe('the relay of a replica', () => {
  const store = new MemoryEventStore();
  const notes = new NoteBook(store);
  const database = openSqliteReadModel<BusTables>({ file: ':memory:' });
  const open = (
    producer: Topic,
    problems: BusProblem[],
    leases: Leases = new AlwaysHeld(),
  ): Relays =>
    new Relays({
      ...{ store, database, producer, leases, publishers: [notesPublisher] },
      onProblem: (problem) => problems.push(problem),
      onDefect: (error) => {
        throw error;
      },
    });

  beforeAll(() => createBusTables(database));
  afterAll(async () => {
    await store.close();
    await database.destroy();
  });

  it('that was paused with a batch in its hands repeats old news at most, and moves nothing', async () => {
    const gate = new Gate();
    const [before, after] = [new Topic().holds(gate), new Topic()];
    const problems: BusProblem[] = [];
    await notes.write('a', ['a0', 'a1']);
    const leases = new LostLeases();
    const paused = open(before, problems, leases);
    await paused.start();
    await eventually(() => before.waiting === 1);

    leases.isLost = true;
    const awake = open(after, []);
    await awake.start();
    await notes.write('a', ['a2']);
    await eventually(() => after.ids.length === 3);
    const head = await store.headOf();
    await eventually(async () => (await position()) === head);
    gate.open();
    await eventually(() => problems.length > 0);

    expect(after.ids).toEqual(['a0', 'a1', 'a2']);
    // What it held was sent before by the other one; nothing newer, and it does not go on.
    expect(before.ids).toEqual(['a0', 'a1']);
    expect(String(problems[0]?.error)).toContain('RelaySuperseded');
    expect(await position()).toBe(head);
    await Promise.all([paused.close(), awake.close()]);
  });

  it('that has the lease goes on although one that woke up in its start made itself the youngest', async () => {
    const topic = new Topic();
    const problems: BusProblem[] = [];
    const holder = open(topic, problems);
    await holder.start();
    const late = open(new Topic(), problems, new LostLeases());
    await late.start();
    await late.close();

    await notes.write('b', ['b0']);
    await eventually(() => topic.ids.includes('b0'));
    await eventually(async () => (await position()) === (await store.headOf()));
    expect(problems).toEqual([]);
    await holder.close();
  });

  it('is forgotten when its service no longer publishes that', async () => {
    const old = { name: 'notes:old', publisher: { ...notesPublisher, categories: ['scrap'] } };
    const other = { name: 'mail:sent', publisher: { ...notesPublisher, service: 'mail' } };
    await registerRelays(database, [old]);
    await registerRelays(database, [other]);
    await registerRelays(database, [{ name: 'notes:new', publisher: notesPublisher }]);

    const known = await relaysOf(database, [notesPublisher.topic]);
    expect(known.map(({ categories }) => categories)).toEqual([['note'], ['note']]);
  });

  async function position(): Promise<number | undefined> {
    const [relay] = await relaysOf(database, [notesPublisher.topic]);
    return relay?.position;
  }
});

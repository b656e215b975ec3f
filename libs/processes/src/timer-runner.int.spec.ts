import { randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { Instant, JsonObject } from '@fidelis/kernel';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { describeOnDatabases } from '@fidelis/infra';
import { DueDates } from './due-dates';
import type { Timer } from './process';
import { TimerRunner } from './timer-runner';

const BEFORE = '2026-11-22T09:00:00.000Z';
const NOW = '2026-11-22T10:00:00.000Z';

describeOnDatabases('a timer', (databases) => {
  let store: MemoryEventStore;
  let db: Kysely<never>;
  let due: DueDates;
  let runner: TimerRunner;
  let settled: string[];
  let settle: Timer['settle'];
  let revisions: Map<string, number>;

  /** One more event of this thing that makes it due. */
  const append = async (id: string, at: Instant): Promise<void> => {
    const before = revisions.get(id);
    revisions.set(id, (before ?? -1) + 1);
    await store.append({
      stream: `thing-${id}`,
      expectedRevision: before ?? 'no-stream',
      events: [
        {
          ...{ id: randomUUID(), type: 'Delayed', data: { at } satisfies JsonObject },
          metadata: { recordedAt: BEFORE, operationId: randomUUID() },
        },
      ],
    }).durable;
  };
  const timer: Timer = {
    name: 'things-due',
    categories: ['thing'],
    dueOf: ({ stream, data }) => [{ id: stream.slice('thing-'.length), at: data['at'] as string }],
    settle: async (id, now) => {
      await settle(id, now);
      settled.push(id);
    },
  };

  beforeEach(() => {
    store = new MemoryEventStore();
    db = databases.open<never>();
    [settled, settle, revisions] = [[], () => Promise.resolve(), new Map()];
    due = new DueDates({ service: 'test', eventStore: store, db, schedule: timer });
    const clock = { now: () => BEFORE };
    runner = new TimerRunner({ db, due, clock, timer, everyMs: 3600_000 });
  });
  afterEach(() => runner.stop());

  it('settles what is due once, the longest due first, and leaves the rest', async () => {
    await append('b', NOW);
    await append('a', BEFORE);
    await append('later', '2026-11-22T10:00:00.001Z');
    await runner.start();
    await runner.reachHead(10_000);
    expect(await runner.runDue(NOW)).toBe(2);
    expect(settled).toEqual(['a', 'b']);
    expect(await runner.runDue(NOW)).toBe(0);
  });

  it('settles again what became due for the same instant after it was settled', async () => {
    await append('a', NOW);
    await append('b', NOW);
    await runner.start();
    await runner.reachHead(10_000);
    // Its command is recorded; then somebody else's makes it due again, before its row is taken out.
    settle = async (id) => {
      if (id !== 'a') return;
      await append('a', NOW);
      await runner.reachHead(10_000);
    };
    await runner.runDue(NOW);
    settle = () => Promise.resolve();
    expect(await runner.runDue(NOW)).toBe(1);
    expect(settled.sort()).toEqual(['a', 'a', 'b']);
    expect(await runner.runDue(NOW)).toBe(0);
  });

  it('settles again what became due for an earlier instant after it was settled', async () => {
    await append('a', NOW);
    await runner.start();
    await runner.reachHead(10_000);
    settle = async () => {
      await append('a', BEFORE);
      await runner.reachHead(10_000);
    };
    await runner.runDue(NOW);
    settle = () => Promise.resolve();
    expect(await runner.runDue(NOW)).toBe(1);
    expect(settled).toEqual(['a', 'a']);
  });

  it('keeps due what could not be settled', async () => {
    await append('a', NOW);
    await append('b', NOW);
    await runner.start();
    await runner.reachHead(10_000);
    settle = (id) => (id === 'a' ? Promise.reject(new Error('not now')) : Promise.resolve());
    await expect(runner.runDue(NOW)).rejects.toThrow('not now');
    settle = () => Promise.resolve();
    expect(await runner.runDue(NOW)).toBe(1);
    expect(settled).toEqual(['b', 'a']);
  });

  it('stops after what is under way, not after all that is due', async () => {
    for (let index = 0; index < 200; index += 1) await append(`t${index}`, NOW);
    await runner.start();
    await runner.reachHead(10_000);
    let goOn = (): void => undefined;
    const wait = new Promise<void>((resolve) => (goOn = resolve));
    let begun = (): void => undefined;
    const first = new Promise<void>((resolve) => (begun = resolve));
    settle = () => {
      begun();
      return wait;
    };
    const stopped = expect(runner.runDue(NOW)).rejects.toThrow('stopped before all was settled');
    await first;
    const ended = runner.stop();
    goOn();
    await Promise.all([ended, stopped]);
    const underWay = settled.length;
    expect(underWay).toBeLessThanOrEqual(64);
    // Nothing was lost, and nothing that was settled comes again.
    await runner.start();
    expect(await runner.runDue(NOW)).toBe(200 - underWay);
    expect(new Set(settled).size).toBe(200);
  });

  it('goes on with a table of before, which did not know the events', async () => {
    await sql`create table due (timer text not null, due_at text not null, id text not null,
              constraint due_pk primary key (timer, due_at, id))`.execute(db);
    await sql`insert into due values ('things-due', ${BEFORE}, 'old')`.execute(db);
    await append('new', NOW);
    await runner.start();
    await runner.reachHead(10_000);
    expect(await runner.runDue(NOW)).toBe(2);
    expect(settled).toEqual(['old', 'new']);
    expect(await runner.runDue(NOW)).toBe(0);
  });
});

import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { usePostgres } from '@fidelis/infra';
import type { ReplicaOptions } from '../test/replica';

interface Tables {
  readonly seen: { readonly position: number; readonly pid: number };
}

const TTL_MS = 1200;

class Replica {
  readonly said: unknown[] = [];
  private readonly child: ChildProcess;

  constructor(options: ReplicaOptions) {
    this.child = fork(`${__dirname}/../test/replica.ts`, [JSON.stringify(options)], {
      execArgv: ['--conditions=@fidelis/source', '--require', './tools/ts-require.cjs'],
    });
    this.child.on('message', (message) => this.said.push(message));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** `started` or `stopped`, whichever it said last. */
  get does(): unknown {
    return this.said.findLast((message) => typeof message === 'string');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async end(): Promise<void> {
    if (!this.isAlive) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send('end');
    await exited;
  }
}

async function until(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await is())) {
    if (performance.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await sleep(20);
  }
}

describe('two replicas in processes of their own, with one lease', () => {
  const postgres = usePostgres();
  let db: Kysely<Tables>;
  let replicas: readonly [Replica, Replica];

  /** At the same moment, on an empty database. */
  beforeEach(() => {
    const schema = `leased_${randomUUID().slice(0, 8)}`;
    db = postgres.open<Tables>(schema);
    const options = { url: postgres.url, schema, beganAtMs: Date.now(), ttlMs: TTL_MS };
    replicas = [new Replica(options), new Replica(options)];
  });

  afterEach(async () => {
    for (const replica of replicas) replica.signal('SIGCONT');
    await Promise.all(replicas.map((replica) => replica.end()));
  }, 30_000);

  const leader = (): Replica | undefined => replicas.find(({ does }) => does === 'started');
  const count = async (pid?: number): Promise<number> => {
    const all = db.selectFrom('seen').select(({ fn }) => fn.countAll<number>().as('rows'));
    const query = pid === undefined ? all : all.where('pid', '=', pid);
    return (await query.executeTakeFirstOrThrow()).rows;
  };
  const isRecording = async (replica: Replica): Promise<void> => {
    const before = await count(replica.pid).catch(() => 0);
    await until('rows are written', async () => {
      return (await count(replica.pid).catch(() => 0)) > before + 20;
    });
  };
  const expectEachOnce = async (): Promise<void> => {
    const rows = await db.selectFrom('seen').select('position').orderBy('position').execute();
    const positions = rows.map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: positions.length }, (_, index) => index));
  };
  const begun = async (): Promise<readonly [Replica, Replica]> => {
    await until('one has the lease', () => leader() !== undefined);
    const [one, two] = replicas;
    const pair = one.does === 'started' ? ([one, two] as const) : ([two, one] as const);
    await isRecording(pair[0]);
    expect(pair[1].does).toBeUndefined();
    return pair;
  };

  it('count each event once when one is paused for longer than its lease', async () => {
    let [active, standby] = await begun();
    for (let round = 0; round < 3; round += 1) {
      active.signal('SIGSTOP');
      await until('the other one takes over', () => standby.does === 'started');
      await isRecording(standby);
      active.signal('SIGCONT');
      const late = active;
      await until('the late one stands by', () => late.does === 'stopped');
      await isRecording(standby);
      expect(standby.does).toBe('started');
      [active, standby] = [standby, active];
    }
    await expectEachOnce();
  }, 120_000);

  it('hand over at once when one ends in order', async () => {
    const [active, standby] = await begun();
    await active.end();
    const endedAt = performance.now();
    await until('the other one takes over', () => standby.does === 'started');
    expect(performance.now() - endedAt).toBeLessThan(TTL_MS);
    await isRecording(standby);
    await expectEachOnce();
  }, 60_000);

  it('live through a kill -9 of PostgreSQL, and count each event once', async () => {
    const { server } = postgres;
    if (server === undefined) {
      process.stderr.write('not tried: READ_MODEL_URL names a server that is not ours to kill\n');
      return;
    }
    await begun();
    for (let round = 0; round < 2; round += 1) {
      await server.kill();
      await sleep(TTL_MS);
      await until('the lease is given up', () => leader() === undefined);
      await server.restart();
      await until('somebody goes on', () => leader() !== undefined);
      const [one, two] = replicas;
      await isRecording(one.does === 'started' ? one : two);
    }
    expect(replicas.every(({ isAlive }) => isAlive)).toBe(true);
    await expectEachOnce();
  }, 120_000);
});

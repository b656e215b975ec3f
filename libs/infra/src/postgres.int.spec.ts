import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { preparePostgres, startPostgres, type RunningPostgres } from './postgres';

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a PostgreSQL server of our own', () => {
  // Nobody but its owner may enter this folder, as with most temporary ones.
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-postgres-'));
  let server: RunningPostgres;

  beforeAll(async () => {
    await preparePostgres();
    server = await startPostgres({ folder });
  }, 120_000);

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  it('keeps what was committed over kill -9, at the same address', async () => {
    await query(server.url, 'create table kept (id text)');
    await query(server.url, `insert into kept values ('committed')`);
    const { url } = server;
    await server.kill();
    await expect(query(url, 'select 1')).rejects.toThrow();
    await server.restart();
    expect(server.url).toBe(url);
    expect(await query(url, 'select id from kept')).toEqual([{ id: 'committed' }]);
  }, 60_000);

  it('writes to the disk, listens on the loopback only, and asks for the password', async () => {
    expect(await query(server.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(server.url, 'show listen_addresses')).toEqual([
      { listen_addresses: '127.0.0.1' },
    ]);
    await expect(query(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('does not run as root', () => {
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
  });

  it('ends with the process that started it, however that one ends', async () => {
    const own = mkdtempSync(join(tmpdir(), 'fidelis-postgres-leash-'));
    const starter = fork(join(__dirname, '../test/start-postgres.ts'), [own], {
      execArgv: ['--conditions=@fidelis/source', '--require', './tools/ts-require.cjs'],
    });
    const [pid] = (await once(starter, 'message')) as [number];
    expect(isAlive(pid)).toBe(true);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    for (let tries = 0; isAlive(pid) && tries < 100; tries += 1) await sleep(100);
    expect(isAlive(pid)).toBe(false);
    rmSync(own, { recursive: true, force: true });
  }, 60_000);
});

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { preparePostgres, startPostgres, type RunningPostgres } from '@fidelis/infra';
import { openPostgresReadModel } from './postgres';

const START_MS_MAX = 180_000;

/** Always one of its own: a server that the environment names has its own certificate. */
describe('a PostgreSQL that speaks TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-postgres-tls-'));
  const authority = join(folder, 'authority.pem');
  const stranger = join(folder, 'stranger.pem');
  let server: RunningPostgres;

  beforeAll(async () => {
    await preparePostgres();
    server = await startPostgres({ folder });
    for (const file of [authority, stranger]) selfSign(file);
    serveWith(authority);
    await query(server.url, sql`alter system set ssl = on`);
    await query(server.url, sql`select pg_reload_conf()`);
    // It is read again a moment later, for connections that come then.
    while (!(await usesTls(`${server.url}?sslmode=no-verify`).catch(() => false)));
  }, START_MS_MAX);
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('is reached as READ_MODEL_URL says: sslmode=verify-full and the authority', async () => {
    expect(await usesTls(`${server.url}?sslmode=verify-full&sslrootcert=${authority}`)).toBe(true);
  });

  it('is refused with a certificate that somebody else signed, or none that is known', async () => {
    const wrong = `${server.url}?sslmode=verify-full&sslrootcert=${stranger}`;
    await expect(usesTls(wrong)).rejects.toThrow('self-signed certificate');
    const unknown = `${server.url}?sslmode=verify-full`;
    await expect(usesTls(unknown)).rejects.toThrow('self-signed certificate');
  });

  it('is refused under a name that its certificate does not have', async () => {
    const url = server.url.replace('127.0.0.1', 'localhost');
    const renamed = `${url}?sslmode=verify-full&sslrootcert=${authority}`;
    await expect(usesTls(renamed)).rejects.toThrow("does not match certificate's altnames");
  });

  /** For this machine's address alone. */
  function selfSign(file: string): void {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test'],
        ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', `${file}.key`, '-out', file],
      ],
      { stdio: 'ignore' },
    );
  }

  function serveWith(file: string): void {
    const data = join(folder, 'data');
    const { uid, gid } = statSync(data);
    for (const [from, name] of [
      [file, 'server.crt'],
      [`${file}.key`, 'server.key'],
    ] as const) {
      copyFileSync(from, join(data, name));
      chmodSync(join(data, name), 0o600);
      chownSync(join(data, name), uid, gid);
    }
  }
});

async function query(url: string, statement: ReturnType<typeof sql>): Promise<readonly unknown[]> {
  const db = openPostgresReadModel<never>({ url, schema: 'tls', connectionsMax: 1 });
  try {
    return (await statement.execute(db)).rows;
  } finally {
    await db.destroy();
  }
}

async function usesTls(url: string): Promise<boolean> {
  const [row] = await query(url, sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`);
  return (row as { readonly ssl: boolean }).ssl;
}

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The folder of `initdb` and `postgres`, if they are installed. */
export function findPostgres(): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    // Where packages put the server's programs, which are not on everybody's PATH.
    ...['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt']
      .flatMap(versionsIn)
      .map((folder) => join(folder, 'bin')),
  ];
  return folders.find((folder) =>
    ['initdb', 'postgres'].every((name) => folder !== '' && existsSync(join(folder, name))),
  );
}

function versionsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^(postgresql@?)?[\d.]*$/.test(name));
  const newestFirst = (a: string, b: string): number =>
    Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, ''));
  return names.sort(newestFirst).map((name) => join(folder, name));
}

/**
 * Makes sure that PostgreSQL's server is installed: Debian's own package where it is missing and
 * this process may install. Throws, and says what to do, where it cannot be had.
 */
export async function preparePostgres(): Promise<void> {
  if (findPostgres() !== undefined) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      'PostgreSQL is not installed: install it (on Debian: apt-get install postgresql), ' +
        'or name a server by READ_MODEL_URL=postgres://user:password@host:port/database',
    );
  }
  keepFromStarting();
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  const keepFiles = ['-o', 'Dpkg::Options::=--force-confold'];
  await run(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', ...keepFiles, 'postgresql'],
    {
      env,
    },
  );
  if (findPostgres() === undefined) throw new Error('PostgreSQL was installed, but is not found');
}

/** The package would make a server of its own and start it; ours are made where they are needed. */
function keepFromStarting(): void {
  const file = '/etc/postgresql-common/createcluster.conf';
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'create_main_cluster = false\n');
}

import { startPostgres } from '../src/postgres';

/** A process that starts a server in the folder of its argument and tells its process id. */
async function main(): Promise<void> {
  const server = await startPostgres({ folder: process.argv[2] ?? '' });
  process.send?.(server.pid);
}

void main();

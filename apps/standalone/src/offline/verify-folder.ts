import { existsSync } from 'node:fs';
import { accountStreamCheck } from '@fidelis/accounts';
import { SqliteEventReader } from '@fidelis/event-store-sqlite';
import { verifyStore, type Verification } from '@fidelis/verification';

/** There is nothing to work on; only the operator can name another place. */
export class NoEventStore extends Error {
  constructor(readonly file: string) {
    super(`there is no event store at ${file}`);
    this.name = 'NoEventStore';
  }
}

/**
 * Proves an event store's file sound: order, gaps, hash chains, doubles, tickets without an award,
 * and every account folded anew. Reads one state of it, whether or not a server writes to it.
 * @throws NoEventStore
 */
export async function verifyEventFile(
  file: string,
  onProgress: (events: number) => void = () => undefined,
): Promise<Verification> {
  if (!existsSync(file)) throw new NoEventStore(file);
  const reader = SqliteEventReader.open(file);
  try {
    return await verifyStore(reader, { checks: [accountStreamCheck], onProgress });
  } finally {
    reader.close();
  }
}

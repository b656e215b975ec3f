import { join } from 'node:path';
import { NoEventStore, verifyEventFile } from '@fidelis/standalone';
import { CommandFailure } from '../failure';
import { dataDirOf } from './data-dir';

export interface VerifyOptions {
  readonly data?: string;
  readonly eventStore?: string;
}

const EXIT_SOUND = 0;
const EXIT_UNSOUND = 1;
/** After the first screens nobody reads on. */
const SHOWN_MAX = 100;

/** @returns the exit code. @throws CommandFailure when there is nothing to verify. */
export async function verify(options: VerifyOptions): Promise<number> {
  const file = eventFileOf(options);
  const { ok, events, streams, chained, findings } = await verified(file);
  for (const { stream, revision, eventId, code, detail } of findings.slice(0, SHOWN_MAX)) {
    console.log(`${stream} revision ${revision} event ${eventId}: ${code}: ${detail}`);
  }
  const size = `${events} events in ${streams} streams, ${chained} of them hash-chained`;
  console.log(ok ? `sound: ${size}` : `NOT SOUND: ${findings.length} findings in ${size}`);
  return ok ? EXIT_SOUND : EXIT_UNSOUND;
}

async function verified(file: string): ReturnType<typeof verifyEventFile> {
  try {
    return await verifyEventFile(file);
  } catch (error) {
    if (error instanceof NoEventStore) throw new CommandFailure(error.message);
    throw error;
  }
}

/** `sqlite:` is the file in the data folder, `sqlite:/path/events.db` another one. */
function eventFileOf({ data, eventStore }: VerifyOptions): string {
  const url = eventStore ?? (data === undefined ? process.env['EVENT_STORE_URL'] : undefined);
  if (!url || url === 'sqlite:') return join(dataDirOf(data), 'events.db');
  const path = /^sqlite:(?:\/\/)?(?<path>.+)$/.exec(url)?.groups?.['path'];
  if (path !== undefined) return path;
  // Without the address: there may be a password in it.
  throw new CommandFailure('the event store: only sqlite:<file> can be verified');
}

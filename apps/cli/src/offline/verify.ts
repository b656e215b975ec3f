import { join } from 'node:path';
import type { verifyEventFile } from '@fidelis/standalone';
import { CommandFailure } from '../failure';
import { dataDirOf } from './data-dir';
import { eventStoreUrlOf, isOnServers, type PlaceOptions } from './installation';

type Verification = Awaited<ReturnType<typeof verifyEventFile>>;

const EXIT_SOUND = 0;
const EXIT_UNSOUND = 1;
/** After the first screens nobody reads on. */
const SHOWN_MAX = 100;

/** @returns the exit code. @throws CommandFailure when there is nothing to verify. */
export async function verify(options: PlaceOptions): Promise<number> {
  const { ok, events, streams, chained, awardsUnderWay, findings } = await verified(options);
  for (const { stream, revision, eventId, code, detail } of findings.slice(0, SHOWN_MAX)) {
    console.log(`${stream} revision ${revision} event ${eventId}: ${code}: ${detail}`);
  }
  if (awardsUnderWay > 0) {
    console.log(`${awardsUnderWay} awards of the last hour's tickets are left to a running server`);
  }
  const size = `${events} events in ${streams} streams, ${chained} of them hash-chained`;
  console.log(ok ? `sound: ${size}` : `NOT SOUND: ${findings.length} findings in ${size}`);
  return ok ? EXIT_SOUND : EXIT_UNSOUND;
}

async function verified(options: PlaceOptions): Promise<Verification> {
  const url = eventStoreUrlOf(options);
  if (isOnServers(url)) {
    const { verifyEventStore } = await import('@fidelis/standalone');
    return verifyEventStore(url);
  }
  const { NoEventStore, verifyEventFile } = await import('@fidelis/standalone');
  try {
    return await verifyEventFile(eventFileOf(url, options));
  } catch (error) {
    if (error instanceof NoEventStore) throw new CommandFailure(error.message);
    throw error;
  }
}

/** `sqlite:` is the file in the data folder, `sqlite:/path/events.db` another one. */
function eventFileOf(url: string, { data }: PlaceOptions): string {
  if (url === 'sqlite:') return join(dataDirOf(data), 'events.db');
  const path = /^sqlite:(?:\/\/)?(?<path>.+)$/.exec(url)?.groups?.['path'];
  if (path !== undefined) return path;
  // Without the address: there may be a password in it.
  throw new CommandFailure('the event store must be sqlite:<file> or esdb://…');
}

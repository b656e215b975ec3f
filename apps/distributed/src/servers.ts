import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '@fidelis/config';
import {
  prepareKafka,
  preparePostgres,
  startEventStoreServer,
  startKafka,
  startPostgres,
} from '@fidelis/infra';

/** A server that was started here. */
export interface OwnServer {
  readonly name: 'kafka' | 'postgres' | 'event-store';
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export interface Servers {
  /** By environment variable: where they are. */
  readonly environment: Readonly<Record<string, string>>;
  readonly own: readonly OwnServer[];
}

const isNamed = (url: string): boolean => !url.startsWith('sqlite:');

/** The servers that the settings name; those that they do not name are started in the folder. */
export async function openServers(settings: Settings): Promise<Servers> {
  const folder = (name: string): string => join(settings.dataDir, name);
  // Installing is one at a time: packages lock each other out.
  if (!isNamed(settings.messageBusUrl)) await prepareKafka();
  if (!isNamed(settings.readModelUrl)) await preparePostgres();
  const own: OwnServer[] = [];
  const open = async (
    name: OwnServer['name'],
    named: string,
    start: () => Promise<Omit<OwnServer, 'name'>>,
  ): Promise<string> => {
    if (isNamed(named)) return named;
    const server = await start();
    own.push(nameServer(name, server));
    return server.url;
  };
  try {
    const [eventStore, messageBus, readModel] = await Promise.all([
      open('event-store', settings.eventStoreUrl, () =>
        startEventStoreServer({ folder: folder('event-store') }),
      ),
      open('kafka', settings.messageBusUrl, () => startKafka({ folder: folder('kafka') })),
      open('postgres', settings.readModelUrl, () => startPostgres({ folder: folder('postgres') })),
    ]);
    return {
      environment: {
        EVENT_STORE_URL: eventStore,
        MESSAGE_BUS_URL: messageBus,
        READ_MODEL_URL: readModel,
      },
      own,
    };
  } catch (error) {
    await Promise.all(own.map((server) => server.stop()));
    throw error;
  }
}

function nameServer(name: OwnServer['name'], server: Omit<OwnServer, 'name'>): OwnServer {
  return {
    name,
    get url() {
      return server.url;
    },
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
  };
}

const LOOK_EVERY_MS = 200;

/** Starts a server again that has ended; answers how to end that. */
export function keepRunning(
  server: OwnServer,
  onChange: (what: string) => void,
): () => Promise<void> {
  const stopping = new AbortController();
  const ended = supervise(server, stopping.signal, onChange);
  return async () => {
    stopping.abort();
    await ended;
  };
}

async function supervise(
  server: OwnServer,
  signal: AbortSignal,
  onChange: (what: string) => void,
): Promise<void> {
  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    if (isAlive(server.pid)) continue;
    onChange('ended');
    try {
      await server.kill().catch(() => undefined); // what is left of it
      await server.restart();
      onChange('started');
    } catch (error) {
      onChange(`does not start: ${String(error)}`);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

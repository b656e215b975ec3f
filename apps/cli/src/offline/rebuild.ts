import { CommandFailure } from '../failure';
import { dataDirOf } from './data-dir';
import { eventStoreUrlOf, isOnServers, readModelUrlOf, type PlaceOptions } from './installation';

export interface RebuildOptions extends PlaceOptions {
  readonly readModel?: string;
}

interface View {
  readonly service: string;
  readonly view: string;
  readonly before: string;
  readonly after: string;
}

interface Rebuilt {
  readonly views: readonly View[];
  readonly from: string;
}

const EXIT_SOUND = 0;
const EXIT_DIFFERENT = 1;

/** @returns the exit code. @throws CommandFailure when a server uses the views. */
export async function rebuild(options: RebuildOptions): Promise<number> {
  const url = eventStoreUrlOf(options);
  const { views, from } = isOnServers(url)
    ? await rebuiltOnServers(url, readModelUrlOf(options.readModel))
    : await rebuiltInFolder(url, options);
  const changed = views.filter(({ before, after }) => before !== after);
  for (const { service, view, before, after } of changed) {
    console.log(`${service} ${view}: was ${before}, is ${after}`);
  }
  console.log(`rebuilt ${views.length} views from ${from}`);
  if (changed.length === 0) return EXIT_SOUND;
  console.log(`${changed.length} of them said something else before; now they are right`);
  return EXIT_DIFFERENT;
}

async function rebuiltInFolder(url: string, { data }: RebuildOptions): Promise<Rebuilt> {
  if (url !== 'sqlite:')
    throw new CommandFailure('a data folder is rebuilt whole: name it by --data');
  const { NoEventStore, rebuildFolder } = await import('@fidelis/standalone');
  try {
    const { events, views } = await rebuildFolder(dataDirOf(data), show);
    return { views, from: `${events} events` };
  } catch (error) {
    if (error instanceof NoEventStore) throw new CommandFailure(error.message);
    if (error instanceof Error && error.name === 'DataFolderInUse') {
      throw new CommandFailure(`${error.message}: stop the server first`);
    }
    throw error;
  }
}

async function rebuiltOnServers(eventStoreUrl: string, readModelUrl: string): Promise<Rebuilt> {
  const { rebuildInstallation, ServicesRun } = await import('@fidelis/standalone');
  try {
    const { position, views } = await rebuildInstallation({ eventStoreUrl, readModelUrl }, show);
    return { views, from: `the events up to position ${position}` };
  } catch (error) {
    if (error instanceof ServicesRun) throw new CommandFailure(error.message);
    throw error;
  }
}

function show({ service, view, after }: View): void {
  console.log(`${service} ${view}: ${after}`);
}

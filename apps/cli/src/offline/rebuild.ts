import { NoEventStore, rebuildFolder, type Rebuilt } from '@fidelis/standalone';
import { CommandFailure } from '../failure';
import { dataDirOf } from './data-dir';

const EXIT_SOUND = 0;
const EXIT_DIFFERENT = 1;

/** @returns the exit code. @throws CommandFailure when it cannot have the data folder. */
export async function rebuild({ data }: { readonly data?: string }): Promise<number> {
  const { events, views } = await rebuilt(dataDirOf(data));
  const changed = views.filter(({ before, after }) => before !== after);
  for (const { service, view, before, after } of changed) {
    console.log(`${service} ${view}: was ${before}, is ${after}`);
  }
  console.log(`rebuilt ${views.length} views from ${events} events`);
  if (changed.length === 0) return EXIT_SOUND;
  console.log(`${changed.length} of them said something else before; now they are right`);
  return EXIT_DIFFERENT;
}

async function rebuilt(dataDir: string): Promise<Rebuilt> {
  try {
    return await rebuildFolder(dataDir, ({ service, view, after }) => {
      console.log(`${service} ${view}: ${after}`);
    });
  } catch (error) {
    if (error instanceof NoEventStore) throw new CommandFailure(error.message);
    if (error instanceof Error && error.name === 'DataFolderInUse') {
      throw new CommandFailure(`${error.message}: stop the server first`);
    }
    throw error;
  }
}

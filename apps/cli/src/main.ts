import { readEnvFile } from '@fidelis/config';
import { Command, Option } from 'commander';
import { messageOf } from './failure';
import { FORMATS } from './import-tickets/format-names';
import type { ImportOptions } from './import-tickets/import-tickets';
import type { PlaceOptions } from './offline/installation';
import type { RebuildOptions } from './offline/rebuild';

const EXIT_FAILED = 1;

readEnvFile();

const program = new Command('fidelis')
  .description('Imports tickets, proves the event store sound, builds views again.')
  .showHelpAfterError();

program
  .command('import-tickets')
  .description('send the tickets of a file to the server; run again, each counts once')
  .argument('<file>', 'the tickets')
  .addOption(new Option('--format <name>', 'its format').choices(FORMATS).makeOptionMandatory())
  .option('--currency <code>', "of the amounts (default: the only programme's)")
  .option('--source <name>', "where the tickets come from (default: the file's name)")
  .option('--errors <file>', 'for rejected tickets (default: <file>.rejected.ndjson, here)')
  .addHelpText(
    'after',
    '\nFIDELIS_URL and FIDELIS_API_KEY say which server. Exit: 0 all in, 2 some rejected, 1 failed.',
  )
  .action((file: string, options: ImportOptions) =>
    finish(async () => {
      const { importTickets } = await import('./import-tickets/import-tickets.js');
      return importTickets(file, options);
    }),
  );

program
  .command('verify')
  .description('prove the event store sound: order, gaps, hash chains, doubles, every account')
  .option('--data <folder>', 'the data folder (default: FIDELIS_DATA_DIR or ./data)')
  .option(
    '--event-store <url>',
    'sqlite:<file> or esdb://…, in place of the data folder (default: EVENT_STORE_URL)',
  )
  .action((options: PlaceOptions) =>
    finish(async () => {
      const { verify } = await import('./offline/verify.js');
      return verify(options);
    }),
  );

program
  .command('rebuild')
  .description('build every view again from the events, and compare; the services must not run')
  .option('--data <folder>', 'the data folder (default: FIDELIS_DATA_DIR or ./data)')
  .option('--event-store <url>', 'esdb://…, in place of the data folder (default: EVENT_STORE_URL)')
  .option('--read-model <url>', 'postgres://…, with --event-store (default: READ_MODEL_URL)')
  .action((options: RebuildOptions) =>
    finish(async () => {
      const { rebuild } = await import('./offline/rebuild.js');
      return rebuild(options);
    }),
  );

async function finish(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = EXIT_FAILED;
  }
}

program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = EXIT_FAILED;
});

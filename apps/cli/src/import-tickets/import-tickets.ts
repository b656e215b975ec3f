import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { CommandFailure } from '../failure';
import { checkedCurrency, currencyOfOnlyProgram, exponentOf } from './currency';
import { CdnowFormat } from './formats/cdnow';
import { NdjsonFormat } from './formats/ndjson';
import { OnlineRetailFormat } from './formats/online-retail';
import type { FormatOptions, TicketFormat } from './formats/ticket-format';
import type { FormatName } from './format-names';
import { ImportRun } from './import-run';
import { rateOf, showProgress } from './progress';
import { RefusedFile } from './refused-file';
import { NotNow, Server } from './server';
import { Tally } from './tally';

export interface ImportOptions {
  readonly format: FormatName;
  readonly currency?: string;
  readonly source?: string;
  readonly errors?: string;
}

/** Every ticket is in, or was there already. */
const EXIT_ALL_IN = 0;
const EXIT_SOME_REJECTED = 2;

/** @returns the exit code. @throws CommandFailure when it cannot run or go on. */
export async function importTickets(file: string, options: ImportOptions): Promise<number> {
  const bytesTotal = sizeOf(file);
  const source = sourceOf(file, options.source);
  const server = serverFrom(process.env);
  const tally = new Tally();
  const rate = rateOf(tally);
  try {
    const format = openFormat(options.format, await formatOptions(server, source, options));
    const refused = new RefusedFile(
      options.errors ?? `${basename(file)}.rejected.ndjson`,
      options.errors !== undefined,
    );
    const progress = await showProgress(bytesTotal, tally);
    try {
      const onProgress = (bytesRead: number) => progress.at(bytesRead);
      await new ImportRun({ file, format, server, refused, tally, onProgress }).run();
    } finally {
      progress.end();
      refused.close();
    }
    report(tally, { refused, perSecond: rate() });
    return tally.rejected === 0 ? EXIT_ALL_IN : EXIT_SOME_REJECTED;
  } catch (error) {
    throw explained(error, tally);
  } finally {
    server.close();
  }
}

function report(
  tally: Tally,
  { refused, perSecond }: { readonly refused: RefusedFile; readonly perSecond: number },
): void {
  console.log(`${perSecond} tickets per second`);
  if (!refused.isEmpty) console.log(`the rejected ones and why: ${refused.path}`);
  console.log(tally.toString());
}

async function formatOptions(
  server: Server,
  source: string,
  options: ImportOptions,
): Promise<FormatOptions> {
  if (options.currency !== undefined) {
    const currency = checkedCurrency(options.currency);
    return { source, currency, exponent: exponentOf(currency) };
  }
  const found = await currencyOfOnlyProgram(server);
  if ('currency' in found) {
    return { source, currency: found.currency, exponent: exponentOf(found.currency) };
  }
  if (options.format === 'ndjson') return { source, currency: undefined, exponent: 0 };
  throw new CommandFailure(found.missing);
}

function openFormat(name: FormatName, options: FormatOptions): TicketFormat {
  switch (name) {
    case 'cdnow':
      return new CdnowFormat(options);
    case 'online-retail':
      return new OnlineRetailFormat(options);
    case 'ndjson':
      return new NdjsonFormat(options);
  }
}

function serverFrom(env: NodeJS.ProcessEnv): Server {
  const text = env['FIDELIS_URL'] || `http://127.0.0.1:${env['FIDELIS_PORT'] || '8080'}`;
  const key = env['FIDELIS_API_KEY'];
  if (!key) {
    throw new CommandFailure(
      'FIDELIS_API_KEY is not set: export the admin key, which the server printed at its first start',
    );
  }
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new CommandFailure(`FIDELIS_URL ${text} is no http or https address`);
  }
  return new Server(new URL(text), key);
}

function sizeOf(file: string): number {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === true) return stats.size;
  throw new CommandFailure(`${file} ${stats === undefined ? 'does not exist' : 'is no file'}`);
}

/** The file's name in the characters that a source may have. */
function sourceOf(file: string, given: string | undefined): string {
  if (given === undefined)
    return basename(file)
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 64);
  if (/^[A-Za-z0-9._-]{1,64}$/.test(given)) return given;
  throw new CommandFailure(`--source ${given}: 1 to 64 of the characters A-Z a-z 0-9 . _ -`);
}

function explained(error: unknown, tally: Tally): unknown {
  if (error instanceof NotNow) {
    return new CommandFailure(`${error.message}. Is Fidelis running? (npm start, FIDELIS_URL)`);
  }
  if (!(error instanceof CommandFailure) || tally.read === 0) return error;
  return new CommandFailure(
    `${error.message}\nstopped after: ${tally.toString()}\n` +
      'run the same command again: what is recorded counts once',
  );
}

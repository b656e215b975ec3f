import 'reflect-metadata';
import { checkEmbedded, readEnvFile, settingsOrExit } from '@fidelis/config';
import { DataFolderInUse } from '@fidelis/event-store-sqlite';
import { announcement } from './announce';
import { start, type Running } from './start';

async function main(): Promise<void> {
  readEnvFile();
  const settings = settingsOrExit(process.env, checkEmbedded);
  let running: Running;
  try {
    running = await start(settings);
  } catch (error) {
    console.error(`Fidelis cannot start: ${reasonOf(error)}`);
    process.exit(1);
  }
  const stop = (): void => {
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('Fidelis did not stop cleanly:', error);
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  console.log(announcement(running, settings));
}

function reasonOf(error: unknown): string {
  if (error instanceof DataFolderInUse) {
    return `${error.message}. Stop that one, or set FIDELIS_DATA_DIR to another folder.`;
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}. Set FIDELIS_PORT to another port.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

void main();

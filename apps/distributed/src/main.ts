import 'reflect-metadata';
import { checkBrokersIfNamed, readEnvFile, settingsOrExit } from '@fidelis/config';
import { startInstallation, type RunningInstallation } from './start';

async function main(): Promise<void> {
  readEnvFile();
  const settings = settingsOrExit(process.env, checkBrokersIfNamed);
  const asked = new AbortController();
  let running: RunningInstallation | undefined;
  const stop = (): void => {
    asked.abort();
    if (running === undefined) return; // what has begun ends, and the start fails
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('Fidelis did not stop cleanly:', error);
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    running = await startInstallation(settings, asked.signal);
  } catch (error) {
    if (asked.signal.aborted) process.exit(0);
    console.error('Fidelis cannot start:', error instanceof Error ? error.message : error);
    process.exit(1);
  }
  const { urls, newAdminKey } = running;
  console.log(`Fidelis is ready at ${urls.join(', ')}  (data in ${settings.dataDir})`);
  if (newAdminKey !== undefined) {
    console.log(`Admin key, shown this once: ${newAdminKey}`);
    console.log(`  export FIDELIS_API_KEY=${newAdminKey}`);
  }
  console.log(`Try: curl -H "Authorization: Bearer $FIDELIS_API_KEY" ${urls[0] ?? ''}/v1/programs`);
}

void main();

import { checkSeparate, readEnvFile, settingsOrExit, type Settings } from '@fidelis/config';
import type { HostedService } from './hosted-service';
import { startService } from './start';

/** A process that runs, whatever it is. */
export interface Running {
  readonly url: string;
  /** Lets what runs end, gives back what is shared. */
  stop(): Promise<void>;
}

/** For `main.ts` of a service: runs it until a signal comes. Exit 78: the configuration is wrong. */
export function runService(service: HostedService): void {
  runUntilSignal(service.flow.service, (settings) => startService(service, settings));
}

export function runUntilSignal(
  name: string,
  start: (settings: Settings) => Promise<Running>,
): void {
  readEnvFile();
  const settings = settingsOrExit(process.env, checkSeparate);
  start(settings).then(
    (running) => {
      const stop = (): void => {
        running.stop().then(
          () => process.exit(0),
          (error: unknown) => end(`${name} did not stop cleanly`, error),
        );
      };
      process.once('SIGINT', stop).once('SIGTERM', stop);
      console.log(`${name} is ready at ${running.url}`);
    },
    (error: unknown) => end(`${name} cannot start`, error),
  );
}

function end(what: string, error: unknown): never {
  console.error(`${what}:`, error);
  process.exit(1);
}

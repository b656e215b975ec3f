import { ConfigurationError, type Settings } from './read-settings';
import { settings as declared } from './settings';

const servers = {
  eventStoreUrl: 'esdb://…',
  messageBusUrl: 'kafka://…',
  readModelUrl: 'postgres://…',
};
const serverNames = ['eventStoreUrl', 'messageBusUrl', 'readModelUrl'] as const;
const sharedSecrets = [
  'internalSecret',
  'deadLettersKey',
  'personalDataKey',
  'vendorSecretsKey',
] as const;

/** All in one process: every port on its embedded adapter. Throws `ConfigurationError`. */
export function checkEmbedded(settings: Settings): void {
  const named = serverNames.filter((name) => !isEmbedded(settings[name]));
  throwAll(
    named.map(
      (name) =>
        `${declared[name].variable} names a server, which one process with everything does not use: start the services by npm run start:distributed, or one by one`,
    ),
  );
}

/** One process per service: every port on a server, and secrets that all processes share. */
export function checkSeparate(settings: Settings): void {
  const embedded = serverNames.filter((name) => isEmbedded(settings[name]));
  const missing = sharedSecrets.filter((name) => settings[name] === undefined);
  throwAll([
    ...embedded.map((name) => `${declared[name].variable} must name a server: ${servers[name]}`),
    ...missing.map((name) => `${declared[name].variable} must be set, the same for all processes`),
  ]);
}

const isEmbedded = (url: string): boolean => url.startsWith('sqlite:');

function throwAll(errors: readonly string[]): void {
  if (errors.length > 0) throw new ConfigurationError(errors);
}

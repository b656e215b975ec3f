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
  throwAll([
    ...named.map(
      (name) =>
        `${declared[name].variable} names a server, which one process with everything does not use: start the services by npm run start:distributed, or one by one`,
    ),
    ...accessErrors(settings),
  ]);
}

/** What works with the brokers alone. Throws `ConfigurationError`. */
export function checkBrokers(settings: Settings): void {
  throwAll(
    isEmbedded(settings.messageBusUrl)
      ? ['MESSAGE_BUS_URL must name the brokers: kafka://host:port']
      : accessErrors(settings),
  );
}

/** How brokers are reached, where the settings name some. Throws `ConfigurationError`. */
export function checkBrokersIfNamed(settings: Settings): void {
  throwAll(accessErrors(settings));
}

/** One process per service: every port on a server, and secrets that all processes share. */
export function checkSeparate(settings: Settings): void {
  const embedded = serverNames.filter((name) => isEmbedded(settings[name]));
  const missing = sharedSecrets.filter((name) => settings[name] === undefined);
  throwAll([
    ...embedded.map((name) => `${declared[name].variable} must name a server: ${servers[name]}`),
    ...missing.map((name) => `${declared[name].variable} must be set, the same for all processes`),
    ...accessErrors(settings),
  ]);
}

const accessNames = [
  'kafkaTls',
  'kafkaTlsAuthorities',
  'kafkaSaslMechanism',
  'kafkaSaslUsername',
  'kafkaSaslPassword',
] as const;
const loginNames = ['kafkaSaslMechanism', 'kafkaSaslUsername', 'kafkaSaslPassword'] as const;

/** Half a login would be none, and nobody would notice that it is. */
function accessErrors(settings: Settings): readonly string[] {
  const given = accessNames.filter((name) => ![undefined, false].includes(settings[name] as false));
  const names = given.map((name) => declared[name].variable).join(', ');
  if (isEmbedded(settings.messageBusUrl)) {
    return given.length === 0 ? [] : [`${names} needs brokers: MESSAGE_BUS_URL=kafka://…`];
  }
  const missing = loginNames.filter((name) => settings[name] === undefined);
  const login = loginNames.map((name) => declared[name].variable).join(', ');
  const halfLogin = missing.length > 0 && missing.length < loginNames.length;
  return [
    ...(halfLogin ? [`${login} must be set together, or none of them`] : []),
    ...(settings.kafkaTlsAuthorities !== undefined && !settings.kafkaTls
      ? ['KAFKA_TLS_CA_FILE needs KAFKA_TLS=1']
      : []),
    ...(settings.messageBusUrl.includes('@')
      ? ['MESSAGE_BUS_URL takes no login: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD']
      : []),
  ];
}

const isEmbedded = (url: string): boolean => url.startsWith('sqlite:');

function throwAll(errors: readonly string[]): void {
  if (errors.length > 0) throw new ConfigurationError(errors);
}

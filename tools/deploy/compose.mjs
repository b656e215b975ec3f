// docker-compose.yml: against the official schema, then what the schema cannot know of this project.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../packages.mjs';
import { tools } from './prepare.mjs';
import { demand, mustFail, readYaml, succeed } from './read-yaml.mjs';

const require = createRequire(import.meta.url);
const file = join(root, 'docker-compose.yml');
const servers = ['kafka', 'eventstore', 'postgres'];
const secretNames = /(SECRET|PASSWORD|_KEY)$/;

const matchesSchema = (path) =>
  succeed(tools.checkJsonSchema, '--builtin-schema', 'vendor.compose-spec', path);

export function composeChecks(temporary) {
  let compose;
  return [
    {
      name: 'docker-compose.yml: the official Compose schema',
      run: async () => {
        await matchesSchema(file);
        const broken = join(temporary, 'compose-with-a-typo.yml');
        writeFileSync(broken, readFileSync(file, 'utf8').replaceAll('healthcheck:', 'healtcheck:'));
        await mustFail('an unknown property', () => matchesSchema(broken));
        [compose] = await readYaml(file);
      },
    },
    {
      name: 'docker-compose.yml: names, pins, limits, health, ports and networks',
      run: () => demand(problemsOf(compose)),
    },
    {
      name: 'docker-compose.yml: no secret, none may be missing, the guide makes them all',
      run: async () => {
        const guide = readFileSync(join(root, 'docs/guides/deployment.md'), 'utf8');
        const wanted = readFileSync(file, 'utf8').matchAll(/\$\{(\w+):\?/g);
        demand([...wanted].map(([, name]) => guide.includes(name) || `the guide lacks ${name}`));
        demand(secretProblems(readFileSync(file, 'utf8'), compose));
        await mustFail('a password', () =>
          demand(secretProblems('', { services: { a: { environment: { A_PASSWORD: 'b' } } } })),
        );
      },
    },
    {
      name: 'docker-compose.yml: every process accepts its settings',
      run: () => demand(settingProblems(compose)),
    },
  ];
}

const problemsOf = ({ services, volumes, networks }) => [
  processesOf().map((name) => name in services || `no service ${name}`),
  networks.servers.internal === true || 'the network of the servers leads outside',
  servers.map((name) => (services[name].networks.join() === 'servers' ? [] : `${name} is exposed`)),
  servers.map((name) => ('ports' in services[name] ? `${name} has a port outside` : [])),
  Object.entries(services).flatMap(([name, service]) => [
    /:v?\d+\.\d+[\w.-]*$|:\$\{FIDELIS_VERSION:-[\d.]+\}$/.test(service.image) || `${name}: no pin`,
    service.deploy?.resources?.limits?.memory !== undefined || `${name}: no limit of memory`,
    // Of the project's own image, the image checks its health.
    service.healthcheck !== undefined || service.build !== undefined || `${name}: no health check`,
    (service.ports ?? []).map(
      (port) =>
        /^(127\.0\.0\.1|\$\{FIDELIS_BIND:-127\.0\.0\.1\}):/.test(port) || `${name}: open port`,
    ),
    Object.keys(service.depends_on ?? {}).map((other) => other in services || `no ${other}`),
    service.networks.map((network) => network in networks || `no network ${network}`),
    (service.volumes ?? []).map((volume) => isThere(volume.split(':')[0], volumes) || volume),
    service.build === undefined ||
      existsSync(join(root, service.command.at(-1))) ||
      `${name}: no ${service.command.at(-1)}`,
  ]),
];

const isThere = (source, volumes) =>
  source.startsWith('./') ? existsSync(join(root, source)) : source in volumes;

/** The services that there are, and the gateway. */
export function processesOf() {
  const { CONTROLLED_SERVICES } = require('../../libs/contracts/dist/index.js');
  return [...CONTROLLED_SERVICES, 'gateway'];
}

const secretProblems = (text, { services }) => [
  [...text.matchAll(/\$\{(\w+)(:[-?])?/g)].map(
    ([, name, use]) => !secretNames.test(name) || use === ':?' || `${name} may be missing`,
  ),
  Object.values(services).flatMap(({ environment = {} }) =>
    Object.entries(environment).map(
      ([name, value]) =>
        !secretNames.test(name) || /^\$\{\w+:\?[^}]*\}$/.test(value) || `${name} is in the file`,
    ),
  ),
];

function settingProblems({ services }) {
  return Object.entries(services)
    .filter(([name, service]) => service.build !== undefined && name !== 'topics')
    .map(([name, { environment }]) => problemsOfSettings(name, interpolated(environment)));
}

/** As the process itself reads them at its start. */
export function problemsOfSettings(name, environment) {
  const { checkSeparate, readSettings, settings } = require('../../libs/config/dist/index.js');
  const known = new Set(Object.values(settings).map(({ variable }) => variable));
  const unknown = Object.keys(environment).filter(
    (variable) => !known.has(variable) && !/^(NODE_OPTIONS|OTEL_\w+)$/.test(variable),
  );
  try {
    checkSeparate(readSettings(environment));
  } catch (error) {
    return `${name}: ${error.message}`;
  }
  return unknown.map((variable) => `${name}: nobody reads ${variable}`);
}

/** A secret of the length that all of them may have. */
export const SOME_SECRET = 'f'.repeat(64);

const interpolated = (environment) =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{\w+:([-?])([^}]*)\}/g, (_whole, use, rest) =>
        use === '-' ? rest : SOME_SECRET,
      ),
    ]),
  );

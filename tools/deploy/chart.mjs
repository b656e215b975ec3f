// The Helm chart: linted and rendered by Helm, its manifests against Kubernetes' own schemas, and
// what has to hold for every pod of it.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { root } from '../packages.mjs';
import { problemsOfSettings, processesOf, SOME_SECRET } from './compose.mjs';
import { tools } from './prepare.mjs';
import { demand, mustFail, readYaml, succeed } from './read-yaml.mjs';

const chart = join(root, 'deploy/helm/fidelis');
const valueFiles = readdirSync(join(chart, 'ci')).map((name) => join(chart, 'ci', name));

/** The oldest with support that this tool knows, and the newest. */
const KUBERNETES = ['1.32', '1.37'];

const render = (release, values, ...more) =>
  succeed(tools.helm, 'template', release, chart, '--values', values, ...more);

const matchSchemas = (version, manifests) =>
  succeed(tools.kubernetesValidate, '--strict', '--quiet', '-k', version, manifests);

export function chartChecks(temporary) {
  return [
    ...valueFiles.flatMap((values) => checksOf(values, temporary)),
    {
      name: 'chart: refuses what its schema does not allow',
      run: async () => {
        const [, minimal] = valueFiles;
        const refused = (set) => mustFail(set, () => render('a', minimal, '--set', set));
        await refused('existingSecret=');
        await refused('settings.FIDELIS_ADMIN_KEY=secret');
        await refused('settings.KAFKA_SASL_PASSWORD=secret');
        await refused('kafka.saslMechanism=gssapi');
        await refused('services.billing.replicas=1');
        await refused('image.tag=latest');
        await refused('topics.replication=three');
      },
    },
  ];
}

function checksOf(values, temporary) {
  const about = values.slice(chart.length + 1);
  const manifests = join(temporary, `${about.replaceAll('/', '-')}.manifests.yaml`);
  return [
    {
      name: `chart with ${about}: helm lint, helm template`,
      run: async () => {
        await succeed(tools.helm, 'lint', '--strict', '--quiet', chart, '--values', values);
        writeFileSync(manifests, await render('loyalty', values));
      },
    },
    {
      name: `chart with ${about}: the schemas of Kubernetes ${KUBERNETES.join(' and ')}`,
      run: async () => {
        for (const version of KUBERNETES) await matchSchemas(version, manifests);
        const broken = join(temporary, 'deployment-with-a-typo.yaml');
        writeFileSync(broken, (await render('a', values)).replaceAll('maxSurge', 'maxSurges'));
        await mustFail('an unknown field', () => matchSchemas(KUBERNETES[0], broken));
      },
    },
    {
      name: `chart with ${about}: privileges, limits, probes, references, settings`,
      run: async () => {
        const authorities = join(temporary, 'authorities.pem');
        writeFileSync(authorities, rootCertificates[0]);
        demand(problemsOf(await readYaml(manifests), authorities));
      },
    },
  ];
}

function problemsOf(manifests, authorities) {
  const ofKind = (kind) => manifests.filter((one) => one.kind === kind);
  const deployments = ofKind('Deployment');
  const [{ data: settings }] = ofKind('ConfigMap');
  const services = new Set(ofKind('Service').map(({ metadata }) => metadata.name));
  return [
    ofKind('Secret').map(({ metadata }) => `${metadata.name} is a secret in the chart`),
    processesOf().map((name) => services.has(`loyalty-fidelis-${name}`) || `no service ${name}`),
    deployments.length === processesOf().length || 'not a deployment for each process',
    ofKind('Service').map(({ metadata, spec }) =>
      selectorProblem(metadata.name, spec, deployments),
    ),
    Object.entries(settings).map(
      ([name, value]) =>
        !/^FIDELIS_\w+_URL$/.test(name) || services.has(new URL(value).hostname) || `no ${value}`,
    ),
    [...deployments, ...ofKind('Job')].flatMap(podProblems),
    deployments.flatMap(({ metadata, spec }) =>
      processProblems(metadata.name, spec.template.spec, { settings, authorities }),
    ),
    policyProblems(ofKind('NetworkPolicy')),
  ];
}

function selectorProblem(name, { selector }, deployments) {
  const isSelected = ({ spec }) =>
    Object.entries(selector).every(([key, value]) => spec.template.metadata.labels[key] === value);
  return deployments.filter(isSelected).length === 1 || `${name} does not select one deployment`;
}

function podProblems({ metadata: { name }, spec }) {
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const { securityContext: security, resources } = container;
  return [
    pod.securityContext.runAsNonRoot === true || `${name} may run as root`,
    pod.securityContext.seccompProfile.type === 'RuntimeDefault' || `${name}: all system calls`,
    pod.automountServiceAccountToken === false || `${name} has a token`,
    pod.enableServiceLinks === false || `${name}: addresses in the environment`,
    security.readOnlyRootFilesystem === true || `${name} may write`,
    security.allowPrivilegeEscalation === false || `${name} may gain privileges`,
    security.capabilities.drop.join() === 'ALL' || `${name} has capabilities`,
    resources.limits.memory !== undefined || `${name} has no limit of memory`,
    resources.requests.cpu !== undefined || `${name} requests no processor`,
    /(@sha256:\w{64}|:\d+\.\d+\.\d+)$/.test(container.image) || `${name}: no pin`,
  ];
}

function processProblems(name, { containers: [container], volumes }, { settings, authorities }) {
  const environment = Object.fromEntries(
    container.env.map((one) => [one.name, one.value ?? secretOf(one.valueFrom.secretKeyRef.key)]),
  );
  const caFile = environment.KAFKA_TLS_CA_FILE;
  // The file is there in the cluster only.
  if (caFile !== undefined) environment.KAFKA_TLS_CA_FILE = authorities;
  return [
    ['startupProbe', 'livenessProbe', 'readinessProbe'].map((one) => container[one] || one),
    caFile === undefined || isMounted(caFile, container, volumes) || `${name}: no ${caFile}`,
    problemsOfSettings(name, { ...settings, ...environment }),
  ];
}

function isMounted(file, { volumeMounts }, volumes) {
  const mount = volumeMounts.find(({ mountPath }) => file.startsWith(`${mountPath}/`));
  const items = volumes.find(({ name }) => name === mount?.name)?.secret?.items ?? [];
  return items.some(({ path }) => file === `${mount.mountPath}/${path}`);
}

const addresses = {
  EVENT_STORE_URL: 'esdb://eventstore:2113',
  MESSAGE_BUS_URL: 'kafka://kafka:9092',
  READ_MODEL_URL: 'postgres://postgres:5432/fidelis',
};
const secretOf = (key) => addresses[key] ?? SOME_SECRET;

/** Only the policy of the gateway may let in whoever comes. */
function policyProblems(policies) {
  const isGateways = ({ spec }) =>
    spec.podSelector.matchLabels['app.kubernetes.io/component'] === 'gateway';
  return [
    policies.some((policy) => !isGateways(policy)) || 'the services are open',
    policies
      .filter((policy) => !isGateways(policy))
      .flatMap(({ metadata, spec }) =>
        spec.ingress.map(({ from }) => from?.length > 0 || `${metadata.name} lets in everybody`),
      ),
  ];
}

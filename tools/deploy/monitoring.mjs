// Prometheus and Grafana: promtool reads every configuration, rule and expression; every metric and
// label that they name is one that a process really shows.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../packages.mjs';
import { processesOf } from './compose.mjs';
import { tools } from './prepare.mjs';
import { demand, mustFail, readYaml, succeed } from './read-yaml.mjs';

const require = createRequire(import.meta.url);
const at = (path) => join(root, 'deploy', path);
const dashboard = JSON.parse(readFileSync(at('grafana/dashboards/fidelis.json'), 'utf8'));
const targets = dashboard.panels.flatMap((panel) =>
  (panel.targets ?? []).map(({ expr }) => ({ panel: panel.title, expr })),
);

export const monitoringChecks = (temporary) => [
  {
    name: 'prometheus.yml and alerts.yml: promtool check config',
    run: () => succeed(tools.promtool, 'check', 'config', at('prometheus/prometheus.yml')),
  },
  {
    name: 'alerts.yml: each alert fires when it should, and only then',
    run: () => succeed(tools.promtool, 'test', 'rules', at('prometheus/alerts.test.yml')),
  },
  {
    name: 'prometheus.yml: reads the metrics of every process',
    run: async () => {
      const [{ scrape_configs: jobs }] = await readYaml(at('prometheus/prometheus.yml'));
      const names = jobs.flatMap((job) => job.dns_sd_configs ?? []).flatMap((one) => one.names);
      demand(processesOf().map((name) => names.includes(name) || `nobody reads ${name}`));
    },
  },
  {
    name: 'dashboard: promtool reads every expression',
    run: () => checkExpressions(targets, temporary),
  },
  {
    name: 'dashboard and alerts: metrics and labels that there are',
    run: async () => {
      const known = await knownMetrics();
      const [{ groups }] = await readYaml(at('prometheus/alerts.yml'));
      const rules = groups.flatMap((group) => group.rules);
      demand([...targets, ...rules].map(({ expr }) => unknownNames(expr, known)));
      await mustFail('a metric that nobody has', () =>
        demand(unknownNames('rate(fidelis_tickets_total[5m])', known)),
      );
    },
  },
  {
    name: 'grafana: provisioning and dashboard fit each other',
    run: async () => demand(await grafanaProblems()),
  },
];

/** As rules, which is how promtool reads expressions of its own accord. */
async function checkExpressions(expressions, temporary) {
  const check = (all) => {
    const rules = all.map(({ expr }, at) => ({ record: `expression_${at}`, expr: concrete(expr) }));
    const file = join(temporary, 'dashboard-rules.json');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    return succeed(tools.promtool, 'check', 'rules', file);
  };
  await check(expressions);
  await mustFail('a bracket too few', () => check([{ expr: 'sum(up' }]));
}

const concrete = (expression) =>
  expression.replaceAll('$__rate_interval', '1m').replaceAll('$process', '.+');

/** Name → labels, as Prometheus would read them from a process. */
async function knownMetrics() {
  const { Health, Metrics } = require('../../libs/observability/dist/index.js');
  const { observePlatform } = require('../../libs/service/dist/index.js');
  const metrics = new Metrics();
  observePlatform({ platform: somePlatform, health: new Health(), metrics });
  metrics.requestSeen({ method: 'GET', route: '/', status: 200, seconds: 1 });
  metrics.backgroundError('somewhere');
  const known = new Map([['up', new Set()]]);
  for (const line of (await metrics.text()).split('\n')) {
    const [, name, labels = ''] = /^([a-z]\w*)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const all = known.get(name) ?? known.set(name, new Set()).get(name);
    for (const [, label] of labels.matchAll(/(\w+)="/g)) all.add(label);
  }
  return known;
}

const somePlatform = {
  eventStore: { headOf: () => Promise.resolve(1) },
  runtimes: { all: () => [{ service: 'accounts', views: [{ name: 'entries', position: 1 }] }] },
  bus: { status: () => [{ group: 'accounts.some', inFlight: 0, keysRetrying: 0, handled: 0 }] },
};

/** Of the scrape itself. */
const TARGET_LABELS = ['job', 'instance', 'process'];

function unknownNames(expression, known) {
  const bare = expression.replaceAll(/"[^"]*"/g, '""');
  const selectors = [
    ...bare.matchAll(/\b([a-z][a-z0-9]*_[a-z0-9_]+|up)\b(?!\s*\()(?:\{([^}]*)\})?/g),
  ];
  const used = selectors.filter(([, name]) => /^(up|fidelis|process|nodejs)(_|$)/.test(name));
  if (used.length === 0) return `no metric in ${expression}`;
  return used.flatMap(([, name, labels = '']) => {
    const own = known.get(name);
    if (own === undefined) return `nobody shows ${name}`;
    return [...labels.matchAll(/(\w+)\s*[=!]/g)]
      .map(([, label]) => label)
      .filter((label) => !own.has(label) && !TARGET_LABELS.includes(label))
      .map((label) => `${name} has no label ${label}`);
  });
}

async function grafanaProblems() {
  const [sources] = await readYaml(at('grafana/provisioning/datasources/prometheus.yml'));
  const [providers] = await readYaml(at('grafana/provisioning/dashboards/fidelis.yml'));
  const [{ services }] = await readYaml(join(root, 'docker-compose.yml'));
  const uids = sources.datasources.map(({ uid }) => uid);
  const { panels } = dashboard;
  const placed = panels.map(({ gridPos: { x, y } }) => `${x}:${y}`);
  const mounted = services.grafana.volumes.map((volume) => volume.split(':')[1]);
  return [
    sources.datasources.map(({ url }) => new URL(url).hostname in services || `no ${url}`),
    providers.providers.map(({ options }) => mounted.includes(options.path) || options.path),
    panels
      .filter((panel) => panel.datasource)
      .map(({ datasource }) => uids.includes(datasource.uid) || `no data source ${datasource.uid}`),
    new Set(panels.map(({ id }) => id)).size === panels.length || 'two panels with one id',
    new Set(placed).size === panels.length || 'two panels in one place',
    panels.map(
      ({ title, type, description }) =>
        type === 'row' || description !== undefined || `${title} says nothing`,
    ),
  ];
}

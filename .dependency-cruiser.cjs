// Folders inside a service, and what the Nx tags cannot say. Between packages: tools/boundaries.mjs.
const adapters =
  '^libs/(event-store|messaging)/(memory|sqlite|eventstoredb|kafka)/|' +
  'node_modules/(better-sqlite3|kafkajs|@eventstore|pg)/|^(better-sqlite3|kafkajs|@eventstore|pg)$';
const tests = '\\.spec\\.ts$|/test/|^(e2e|bench)/|^libs/[^/]+/conformance/|^libs/testing/';
const service = '^apps/([^/]+)/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-is-pure',
      comment: 'Deciders see values only: the kernel, the ledger and their own domain folder.',
      severity: 'error',
      from: { path: `${service}src/domain/`, pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/(kernel|ledger)/|^apps/$1/src/domain/' },
    },
    {
      name: 'domain-specs-stay-small',
      comment: 'A decider is tested without Nest, without a store and without a network.',
      severity: 'error',
      from: { path: `${service}src/domain/.*\\.spec\\.ts$` },
      to: { path: `@nestjs/|fastify|undici|^libs/(http|service-calls)/|${adapters}` },
    },
    {
      name: 'kernel-and-ledger-are-pure',
      comment: 'They run anywhere and decide nothing by the clock, the disk or the network.',
      severity: 'error',
      from: { path: '^libs/(kernel|ledger)/src/', pathNot: '\\.spec\\.ts$' },
      to: { path: 'node_modules/(@nestjs|fastify|undici|kysely|pino)' },
    },
    {
      name: 'adapters-only-in-composition-roots',
      comment: 'Only *.module.ts, main.ts, the embedded host and tests name an adapter.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: `^apps/(standalone|distributed)/|^libs/(platform|service-host|infra)/|\\.module\\.ts$|/main\\.ts$|^libs/(event-store|messaging)/(memory|sqlite|eventstoredb|kafka|test-server)/|^libs/(read-model|leases)/|${tests}`,
      },
      to: { path: adapters },
    },
    {
      name: 'no-app-imports-another-app',
      comment: 'Services meet by contracts; the embedded host alone puts them in one process.',
      severity: 'error',
      from: { path: service, pathNot: '^apps/(standalone|cli/src/offline)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'the-command-line-imports-the-host-only',
      comment: 'Offline commands work on a data folder through the host.',
      severity: 'error',
      from: { path: '^apps/cli/src/offline/' },
      to: { path: '^apps/', pathNot: '^apps/(cli|standalone)/' },
    },
    {
      name: 'no-lib-imports-an-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'no-spec-imports',
      comment: 'A spec is run, not imported.',
      severity: 'error',
      from: {},
      to: { path: '\\.spec\\.ts$' },
    },
    {
      name: 'nothing-from-dist',
      severity: 'error',
      from: {},
      to: { path: '^(apps|libs)/.*/dist/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@fidelis/source', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
  },
};

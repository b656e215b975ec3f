// Who may import whom, between packages. Folders inside a service: .dependency-cruiser.cjs.
const libs = ['type:kernel', 'type:domain', 'type:contract', 'type:port'];

const byType = {
  'type:kernel': ['type:kernel'],
  'type:domain': ['type:kernel', 'type:domain'],
  'type:contract': ['type:kernel', 'type:domain', 'type:contract'],
  'type:port': ['type:kernel', 'type:contract', 'type:port'],
  'type:adapter': ['type:kernel', 'type:contract', 'type:port', 'type:adapter', 'type:testing'],
  // Read models are rows behind kysely: the one adapter that projections and queries speak to.
  'type:edge': [...libs, 'type:edge', 'adapter:read-model', 'type:testing'],
  'type:testing': [...libs, 'type:adapter', 'type:edge', 'type:testing'],
  // Which adapter serves a port is chosen here, for every host.
  'type:platform': [...libs, 'type:adapter', 'type:edge', 'type:platform'],
  'type:app': [...libs, 'type:adapter', 'type:edge', 'type:testing', 'type:platform', 'type:app'],
  // The command line works on a data folder through the host, which alone knows the adapters.
  'type:cli': [...libs, 'type:adapter', 'type:edge', 'type:host'],
  'type:host': [...libs, 'type:adapter', 'type:edge', 'type:testing', 'type:platform', 'type:app'],
  'type:e2e': [
    ...libs,
    'type:adapter',
    'type:edge',
    'type:testing',
    'type:platform',
    'type:app',
    'type:host',
  ],
};

const services = [
  'gateway',
  'accounts',
  'earning',
  'reward-store',
  'purchases',
  'vendors',
  'reconciliation',
  'sandbox-vendor',
];

export const depConstraints = [
  ...Object.entries(byType).map(([sourceTag, onlyDependOnLibsWithTags]) => ({
    sourceTag,
    onlyDependOnLibsWithTags,
  })),
  // A service knows shared libraries and itself; other services only by contracts.
  ...['shared', ...services].map((name) => ({
    sourceTag: `scope:${name}`,
    onlyDependOnLibsWithTags: [...new Set(['scope:shared', `scope:${name}`])],
  })),
  { sourceTag: 'scope:cli', onlyDependOnLibsWithTags: ['scope:shared', 'scope:cli', 'type:host'] },
];

// A port's own tests run on its memory adapter, which imports the port.
export const ignoredCircularDependencies = ['event-store', 'messaging'].flatMap((port) => [
  [`@fidelis/${port}`, `@fidelis/${port}-memory`],
  [`@fidelis/${port}`, `@fidelis/${port}-conformance`],
]);

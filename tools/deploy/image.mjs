// The Dockerfile, linted; and what it leaves out: development's packages, which no process needs.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { join } from 'node:path';
import { listPackages, root } from '../packages.mjs';
import { processesOf } from './compose.mjs';
import { tools } from './prepare.mjs';
import { demand, mustFail, succeed } from './read-yaml.mjs';

const dockerfile = join(root, 'deploy/Dockerfile');
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const lint = (file) =>
  succeed(tools.hadolint, '--config', join(root, '.hadolint.yaml'), '--no-color', file);

const mains = [
  ...processesOf().map((name) => `apps/${name}/dist/main.js`),
  'apps/standalone/dist/main.js',
  'apps/distributed/dist/create-topics.main.js',
  'apps/cli/dist/main.js',
];

/** What runs in a thread of its own is named by a path, which no import shows. */
const workers = () =>
  listPackages().flatMap(({ dir }) =>
    filesIn(join(root, dir, 'dist'))
      .filter((name) => name.endsWith('.worker.js'))
      .map((name) => join(dir, 'dist', name)),
  );

export const imageChecks = (temporary) => [
  {
    name: 'Dockerfile: hadolint',
    run: async () => {
      await lint(dockerfile);
      const broken = join(temporary, 'Dockerfile');
      writeFileSync(broken, 'FROM node:latest\nRUN cd /tmp && sudo ls\n');
      await mustFail('an image without a version', () => lint(broken));
    },
  },
  {
    name: 'Dockerfile: pins, user, health check, what it copies, no secret',
    run: () => demand(dockerfileProblems(readFileSync(dockerfile, 'utf8'))),
  },
  {
    name: 'image: production dependencies are enough for every process',
    run: () => demand([...mains, ...workers()].flatMap((main) => missingOf(join(root, main)))),
  },
];

const filesIn = (folder) => (existsSync(folder) ? readdirSync(folder, { recursive: true }) : []);

function dockerfileProblems(text) {
  const last = text.slice(text.lastIndexOf('\nFROM '));
  return [
    /^ARG NODE_IMAGE=node:24\.\d+\.\d+-\w+-slim$/m.test(text) || 'the base image is not pinned',
    /^USER [1-9]\d*:[1-9]\d*$/m.test(last) || 'it runs as root',
    /^HEALTHCHECK /m.test(last) || 'nobody looks after its health',
    /(SECRET|PASSWORD|TOKEN|_KEY)\w*=/.test(text) && 'a secret in the image',
    existsSync(join(root, 'deploy/docker/healthcheck.mjs')) || 'no healthcheck.mjs',
    ...['LICENSE', 'bin', '.npmrc', 'tools/build.mjs'].map(
      (path) => existsSync(join(root, path)) || `no ${path}`,
    ),
  ];
}

const builtins = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);

/** As `npm ci --omit=dev` sees it. */
function isForProduction(name) {
  const locked = packages[`node_modules/${name}`];
  return locked !== undefined && locked.dev !== true;
}

/** Packages that are reached from here and are not in the image. */
function missingOf(main) {
  const seen = new Set();
  const missing = [];
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    const resolve = createRequire(file).resolve;
    for (const name of importsOf(file)) {
      if (builtins.has(name)) continue;
      if (name.startsWith('.')) visit(resolve(name));
      else if (name.startsWith('@fidelis/')) visit(resolve(name));
      else if (!isForProduction(packageOf(name))) missing.push(`${name} of ${file}`);
    }
  };
  if (!existsSync(main)) return [`there is no ${main}`];
  visit(main);
  return missing;
}

const importsOf = (file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:require|import)\((['"])([^'"]+)\1\)/g)].map(
    ([, , name]) => name,
  );

const packageOf = (name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

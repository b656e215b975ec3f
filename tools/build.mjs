// Compiles every package's src to its dist, one file at a time and only what is newer than its
// output. Types are checked elsewhere (`npm run typecheck`); this only has to be fast, because it
// runs at the end of `npm ci` and before every start of the benchmark.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { transformFile } from '@swc/core';
import { withConstantReexports } from './constant-reexports.mjs';
import { listPackages, root } from './packages.mjs';
import { swcOptions } from './swc-options.mjs';

const walk = (dir) =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

const isCompiled = (file) => file.endsWith('.ts') && !/\.(spec|d)\.ts$/.test(file);
const mtime = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

// A change of the compiler, its options or this file makes every output stale.
const toolTime = Math.max(
  ...[
    'tools/build.mjs',
    'tools/constant-reexports.mjs',
    'tools/swc-options.mjs',
    'node_modules/@swc/core/package.json',
  ].map((f) => mtime(join(root, f))),
);

async function compile({ source, output }) {
  const { code, map } = await transformFile(source, {
    ...swcOptions,
    cwd: root,
    sourceFileName: relative(dirname(output), source),
  });
  await mkdir(dirname(output), { recursive: true });
  await writeFile(`${output}.map`, map);
  const settled = withConstantReexports(code, source);
  await writeFile(output, `${settled}//# sourceMappingURL=${basename(output)}.map\n`);
}

const started = performance.now();
const jobs = [];
const orphans = [];
for (const { dir } of listPackages()) {
  const [src, dist] = [join(root, dir, 'src'), join(root, dir, 'dist')];
  const wanted = new Set();
  for (const source of walk(src).filter(isCompiled)) {
    const output = join(dist, relative(src, source)).replace(/\.ts$/, '.js');
    wanted.add(output).add(`${output}.map`);
    if (mtime(output) <= Math.max(mtime(source), toolTime)) jobs.push({ source, output });
  }
  orphans.push(...walk(dist).filter((file) => !wanted.has(file)));
}

const results = await Promise.allSettled(jobs.map(compile));
await Promise.all(orphans.map((file) => rm(file, { force: true })));
const failures = results.filter((result) => result.status === 'rejected');
for (const { reason } of failures) console.error(String(reason));
console.log(
  `build: ${jobs.length - failures.length} compiled, ${orphans.length} removed, ` +
    `${failures.length} failed in ${Math.round(performance.now() - started)} ms`,
);
process.exitCode = failures.length > 0 ? 1 : 0;

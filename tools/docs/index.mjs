// Writes the documents that are made from the code; with `--check` only says which are stale.
// They read what `npm run build` made, so build first.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../packages.mjs';

/**
 * One line per generator. Each module exports
 * `generate(): Promise<Record<string, string>>`: path from the root → whole text of the file.
 * @type {readonly (() => Promise<{ generate(): Promise<Record<string, string>> }>)[]}
 */
const generators = [
  () => import('./configuration.mjs'),
  () => import('./flow.mjs'),
  () => import('./errors.mjs'),
  () => import('./asyncapi.mjs'),
];

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

const checking = process.argv.includes('--check');
let stale = 0;
for (const load of generators) {
  const { generate } = await load();
  for (const [path, text] of Object.entries(await generate())) {
    const file = join(root, path);
    if (read(file) === text) continue;
    stale += 1;
    console.log(`${checking ? 'stale' : 'written'}: ${path}`);
    if (checking) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
if (checking && stale > 0) {
  console.error('Run `npm run docs` and commit what it writes.');
  process.exitCode = 1;
}

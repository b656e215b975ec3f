import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');

const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));

const expand = (pattern) => {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
};

/** Every workspace package as `{ dir, name, tags }`; `dir` is relative to the root. */
export function listPackages() {
  return readJson('package.json')
    .workspaces.flatMap(expand)
    .filter((dir) => existsSync(join(root, dir, 'package.json')))
    .map((dir) => {
      const manifest = readJson(`${dir}/package.json`);
      return { dir, name: manifest.name, tags: manifest.nx?.tags ?? [] };
    });
}

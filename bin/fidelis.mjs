#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cli = new URL('../apps/cli/dist/main.js', import.meta.url);

if (existsSync(fileURLToPath(cli))) {
  await import(cli.href);
} else {
  console.error('fidelis is not built yet: run `npm ci` (or `npm run build`) in its folder first.');
  process.exitCode = 69;
}

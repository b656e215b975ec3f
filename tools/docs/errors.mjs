// docs/reference/errors.md, from the registries that answer the problems: `commonStatuses` and each
// service's `*.problems.ts`. Reads the built output, so it says what runs.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../packages.mjs';

const require = createRequire(import.meta.url);

/** Every registry that a service's `http` folder exports, merged: code → statuses. */
function statusesOf(service) {
  const folder = join(root, 'apps', service, 'dist/http');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.problems.js'))
    .flatMap((file) => Object.values(require(join(folder, file))))
    .filter((value) => typeof value?.statuses === 'object')
    .flatMap(({ statuses }) => Object.entries(statuses));
}

/** A problem that is made elsewhere would be missing here. */
function checkThatTablesSayAll() {
  for (const service of readdirSync(join(root, 'apps'))) {
    const folder = join(root, 'apps', service, 'dist');
    if (!existsSync(folder)) continue;
    const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'));
    for (const file of files) {
      if (/new \w*\.?Problem\(/.test(readFileSync(join(folder, file), 'utf8')))
        throw new Error(`${service}/${file}: say it by a table of defineProblems`);
    }
  }
}

const row = (...cells) => `| ${cells.join(' | ')} |`;

function tableOf(saidBy) {
  const rows = [...saidBy].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    row('code', 'status', 'said by'),
    row('---', '---', '---'),
    ...rows.map(([key, services]) => {
      const [code, status] = key.split(' ');
      return row(`\`${code}\``, status, [...services].join(', '));
    }),
  ].join('\n');
}

export function generate() {
  checkThatTablesSayAll();
  require('reflect-metadata');
  const { commonStatuses } = require('@fidelis/http');
  const common = Object.entries(commonStatuses)
    .map(([code, status]) => row(`\`${code}\``, status))
    .join('\n');

  // A code may have another status elsewhere (something missing in a body is 422, in a path 404).
  const saidBy = new Map();
  for (const service of readdirSync(join(root, 'apps')).sort()) {
    for (const [code, status] of statusesOf(service)) {
      const key = `${code} ${status}`;
      if (commonStatuses[code] === status) continue;
      saidBy.set(key, (saidBy.get(key) ?? new Set()).add(service));
    }
  }

  return Promise.resolve({
    'docs/reference/errors.md': `<!-- Generated from the problem registries by \`npm run docs\`. Do not edit. -->
# Problems

Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`; \`detail\` is for people and
may change. Further members belong to the code, for example \`available\` of \`insufficient_points\`.

## Of every endpoint

${row('code', 'status')}
${row('---', '---')}
${common}

## Of the services

${tableOf(saidBy)}
`,
  });
}

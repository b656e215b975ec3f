import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listPackages, root } from '../packages.mjs';
import { run } from '../run.mjs';

const lawful = {
  'apps/accounts/src/accounts.module.ts':
    "import '@nestjs/common';\nimport '@fidelis/event-store-sqlite';\nimport './domain/account/account.decide';",
  'apps/accounts/src/domain/account/account.decide.ts':
    "import '@fidelis/kernel';\nimport '@fidelis/ledger';\nimport './account.state';",
  'apps/accounts/src/domain/account/account.state.ts': 'export {};',
  'apps/standalone/src/main.ts': "import '@fidelis/accounts';\nimport '@fidelis/earning';",
};

const planted = [
  ['domain-is-pure', 'apps/accounts/src/domain/nest.ts', "import '@nestjs/common';"],
  ['domain-is-pure', 'apps/accounts/src/domain/clock.ts', "import 'node:crypto';"],
  ['domain-is-pure', 'apps/accounts/src/domain/port.ts', "import '@fidelis/event-store';"],
  ['domain-is-pure', 'apps/accounts/src/domain/edge.ts', "import '../accounts.module';"],
  [
    'adapters-only-in-composition-roots',
    'apps/accounts/src/http/account.controller.ts',
    "import '@fidelis/event-store-sqlite';",
  ],
  [
    'adapters-only-in-composition-roots',
    'libs/processes/src/timer.ts',
    "import '@fidelis/messaging-memory';",
  ],
  ['adapters-only-in-composition-roots', 'libs/http/src/rows.ts', "import 'better-sqlite3';"],
  ['no-app-imports-another-app', 'apps/earning/src/peek.ts', "import '@fidelis/accounts';"],
  ['no-lib-imports-an-app', 'libs/testing/src/peek.ts', "import '@fidelis/accounts';"],
  ['kernel-and-ledger-are-pure', 'libs/ledger/src/nest.ts', "import '@nestjs/common';"],
  [
    'no-cycles',
    'apps/vendors/src/a.ts',
    "import { b } from './b';\nexport const a = (): number => b();",
  ],
  [
    undefined,
    'apps/vendors/src/b.ts',
    "import { a } from './a';\nexport const b = (): number => a();",
  ],
  ['resolvable', 'libs/config/src/lost.ts', "import './not-there';"],
];

/** A workspace in miniature: the real manifests and rules, but only planted sources. */
function plant(dir) {
  const write = (file, text) => {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), `${text}\n`);
  };
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.base.json'])
    cpSync(join(root, file), join(dir, file));
  mkdirSync(join(dir, 'node_modules/@fidelis'), { recursive: true });
  for (const { dir: at, name } of listPackages()) {
    write(`${at}/src/index.ts`, 'export {};');
    cpSync(join(root, at, 'package.json'), join(dir, at, 'package.json'));
    symlinkSync(join(dir, at), join(dir, 'node_modules', name));
  }
  for (const name of ['@nestjs', 'better-sqlite3'])
    symlinkSync(join(root, 'node_modules', name), join(dir, 'node_modules', name));
  for (const [file, text] of Object.entries(lawful)) write(file, text);
  for (const [, file, text] of planted) write(file, text);
}

/** @returns {Promise<string[]>} what was let through, or refused without a reason */
export async function folderCanaries() {
  const dir = mkdtempSync(join(tmpdir(), 'fidelis-canary-'));
  try {
    plant(dir);
    const config = join(root, '.dependency-cruiser.cjs');
    const { output } = await run(
      'depcruise',
      ['--config', config, '--output-type', 'json', 'apps', 'libs'],
      { capture: true, cwd: dir },
    );
    const { violations } = JSON.parse(output).summary;
    const caught = (rule, file) =>
      violations.some((v) => v.rule.name === rule && (v.from === file || rule === 'no-cycles'));
    return [
      ...planted
        .filter(([rule, file]) => rule && !caught(rule, file))
        .map(([rule, file, text]) => `depcruise: ${rule} let through ${file}: ${text}`),
      ...violations
        .filter((v) => v.from in lawful)
        .map((v) => `depcruise: ${v.rule.name} refused the lawful ${v.from} → ${v.to}`),
    ];
  } catch (error) {
    return [`depcruise: ${error.stack}`];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

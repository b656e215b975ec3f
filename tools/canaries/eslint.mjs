import { join } from 'node:path';
import { ESLint } from 'eslint';
import { root } from '../packages.mjs';
import { run } from '../run.mjs';

const boundaries = '@nx/enforce-module-boundaries';
const repeat = (count, line) => Array.from({ length: count }, (_, i) => line(i)).join('\n');

// The text stands in for a file that exists, so nothing is written to the tree and the typed rules
// and the project graph see it as part of its package.
const planted = [
  {
    rule: boundaries,
    file: 'libs/kernel/src/index.ts',
    text: "export * from '@fidelis/ledger';",
  },
  {
    rule: boundaries,
    file: 'libs/projections/src/index.ts',
    text: "export * from '@fidelis/event-store-sqlite';",
  },
  {
    rule: boundaries,
    file: 'apps/earning/src/index.ts',
    text: "export * from '@fidelis/accounts';",
  },
  {
    rule: boundaries,
    file: 'apps/earning/src/index.ts',
    text: "export * from '../../../libs/kernel/src/index';",
  },
  { rule: 'no-restricted-syntax', text: 'export enum Colour { Red }' },
  { rule: 'no-restricted-syntax', text: 'export default 1;' },
  { rule: '@typescript-eslint/no-explicit-any', text: 'export const x: any = 1;' },
  {
    rule: '@typescript-eslint/no-non-null-assertion',
    text: 'export const first = (list: string[]): string => list[0]!;',
  },
  {
    rule: '@typescript-eslint/no-floating-promises',
    text: 'export const go = (p: Promise<void>): void => { p; };',
  },
  {
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    text: "export const f = (s: 'a' | 'b'): void => { switch (s) { case 'a': break; } };",
  },
  { rule: 'max-lines', text: repeat(301, (i) => `export const x${i} = ${i};`) },
  {
    rule: 'max-lines-per-function',
    text: `export const f = (): void => {\n${repeat(61, (i) => `String(${i});`)}\n};`,
  },
  {
    rule: 'complexity',
    text: `export const f = (n: number): number => {\n${repeat(10, (i) => `if (n === ${i}) return ${i};`)}\nreturn n;\n};`,
  },
  {
    rule: 'max-depth',
    text: 'export const f = (a: boolean): void => { if (a) { if (!a) { if (a) { if (!a) { String(a); } } } } };',
  },
  {
    rule: 'max-params',
    text: 'export const f = (a: 1, b: 2, c: 3, d: 4): number => a + b + c + d;',
  },
];

/** @returns {Promise<string[]>} what was let through */
export async function eslintCanaries() {
  const graph = await run('nx', ['show', 'projects'], { capture: true });
  if (graph.code !== 0) return [graph.output];
  process.env.NX_DAEMON = 'false';
  // With CI=true the typed rules would look at the file on the disk, not at the planted text.
  process.env.TSESTREE_SINGLE_RUN = 'false';
  const eslint = new ESLint({ cwd: root });
  const failures = [];
  for (const { rule, text, file = 'libs/kernel/src/index.ts' } of planted) {
    const [result] = await eslint.lintText(`${text}\n`, { filePath: join(root, file) });
    const seen = result.messages.map((message) => message.ruleId ?? message.message);
    if (!seen.includes(rule)) failures.push(`eslint: ${rule} let through: ${text} (${seen})`);
  }
  return [...failures, ...(await fileNameCanaries(eslint))];
}

async function fileNameCanaries(eslint) {
  const failures = [];
  for (const [name, rule] of [
    ['accountUtils.ts', 'check-file/filename-naming-convention'],
    ['utils.ts', 'check-file/filename-blocklist'],
    ['helpers.spec.ts', 'check-file/filename-blocklist'],
  ]) {
    const config = await eslint.calculateConfigForFile(join(root, 'libs/kernel/src', name));
    const untyped = new ESLint({
      cwd: root,
      overrideConfigFile: true,
      overrideConfig: [
        {
          files: ['**/*.ts'],
          plugins: { 'check-file': config.plugins['check-file'] },
          languageOptions: { parser: config.languageOptions.parser },
          rules: { [rule]: config.rules[rule] },
        },
      ],
    });
    const [result] = await untyped.lintText('export {};\n', {
      filePath: join(root, 'libs/kernel/src', name),
    });
    if (!result.messages.some((message) => message.ruleId === rule))
      failures.push(`eslint: ${rule} let through a file named ${name}`);
  }
  return failures;
}

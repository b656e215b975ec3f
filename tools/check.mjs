// Everything that can be said about the code without running it.
import { pathToFileURL } from 'node:url';
import { run } from './run.mjs';

const steps = [
  { name: 'lint and package boundaries', command: ['node', 'tools/lint.mjs'] },
  // From scratch: types are inferred in another order when part of the program is remembered, and
  // an error that only a clean clone had was overlooked that way.
  {
    name: 'types',
    command: ['tsc', '-p', 'tsconfig.json', '--incremental', 'false', '--tsBuildInfoFile', 'null'],
  },
  { name: 'folder boundaries', command: ['npm', 'run', '--silent', 'boundaries'] },
  { name: 'dead code', command: ['npm', 'run', '--silent', 'unused'] },
  { name: 'formatting', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'generated documents are fresh', command: ['node', 'tools/docs/index.mjs', '--check'] },
  { name: 'canaries are caught', command: ['node', 'tools/canaries/index.mjs'] },
];

// Two at a time: the lint is as long as all the others together.
const parallelMax = 2;

async function runStep({ name, command: [program, ...args] }) {
  const started = performance.now();
  const { code, output } = await run(program, args, { capture: true });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '     '));
  return code === 0;
}

/** @returns {Promise<{ passed: number, failed: number }>} */
export async function check() {
  const queue = [...steps];
  // The documents are made from the built output; the other steps read the sources.
  const results = [await runStep({ name: 'build', command: ['node', 'tools/build.mjs'] })];
  const worker = async () => {
    for (let step = queue.shift(); step; step = queue.shift()) results.push(await runStep(step));
  };
  await Promise.all(Array.from({ length: parallelMax }, worker));
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { passed, failed } = await check();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

// `npm test`: all checks, then all tests; the last line sums both. `--quick` leaves out what starts
// whole processes. Whatever a suite needs on the machine is added to `prerequisites`, so that
// nobody has to install anything by hand.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { check } from './check.mjs';
import { prepareDeployTools } from './deploy/prepare.mjs';
import { validateDeployment } from './deploy/validate.mjs';
import { root } from './packages.mjs';
import { run } from './run.mjs';

const require = createRequire(import.meta.url);
const quick = process.argv.includes('--quick');

/** Each is `async () => void` and throws when what it provides cannot be had. */
const prerequisites = quick ? [] : [installServers, prepareDeployTools];

/** PostgreSQL and Kafka, which suites start. One after the other: packages lock each other out. */
async function installServers() {
  const { prepareKafka, preparePostgres } = require('../libs/infra/dist/index.js');
  await preparePostgres();
  await prepareKafka();
}

const jestRuns = [
  { name: 'unit', projects: quick ? ['unit'] : ['unit', 'integration'], args: [] },
  // One suite at a time: each starts processes that want the whole machine.
  ...(quick ? [] : [{ name: 'e2e', projects: ['e2e'], args: ['--runInBand'] }]),
];

async function runJest({ name, projects, args }) {
  const report = join(root, 'tmp', `jest-${name}.json`);
  mkdirSync(join(root, 'tmp'), { recursive: true });
  rmSync(report, { force: true });
  const { code } = await run('jest', [
    '--selectProjects',
    ...projects,
    '--passWithNoTests',
    ...args,
    '--json',
    `--outputFile=${report}`,
  ]);
  return countTests(report, code);
}

function countTests(report, code) {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    // A run may fail without a failed test, for example on a leaked handle or a broken reporter.
    return { passed: result.numPassedTests, failed: failed || (code === 0 ? 0 : 1) };
  } catch (error) {
    console.error(`jest left no report: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}

const steps = [
  // Builds too, which all that follows needs.
  check,
  async () => {
    for (const prepare of prerequisites) await prepare();
    return { passed: 0, failed: 0 };
  },
  ...(quick ? [] : [validateDeployment]),
  ...jestRuns.map((jestRun) => () => runJest(jestRun)),
];

let [passed, failed] = [0, 0];
for (const step of steps) {
  const result = await step().catch((error) => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  passed += result.passed;
  failed += result.failed;
}
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);

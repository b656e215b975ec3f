// What is in deploy/, without a container engine or a cluster: each file by the tool that its own
// readers use. `npm run deploy:check`; part of `npm test`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chartChecks } from './chart.mjs';
import { composeChecks } from './compose.mjs';
import { imageChecks } from './image.mjs';
import { monitoringChecks } from './monitoring.mjs';
import { prepareDeployTools } from './prepare.mjs';

async function runCheck({ name, run }) {
  const started = performance.now();
  const error = await Promise.resolve()
    .then(run)
    .then(
      () => undefined,
      (thrown) => thrown,
    );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${error === undefined ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (error !== undefined) console.log(String(error.message).replace(/^/gm, '     '));
  return error === undefined;
}

/** Needs the built output. @returns {Promise<{ passed: number, failed: number }>} */
export async function validateDeployment() {
  await prepareDeployTools();
  const temporary = mkdtempSync(join(tmpdir(), 'fidelis-deploy-'));
  try {
    const groups = [composeChecks, imageChecks, chartChecks, monitoringChecks];
    // Those of one group build on each other.
    const results = await Promise.all(groups.map((group) => runGroup(group(temporary))));
    const passed = results.flat().filter(Boolean).length;
    return { passed, failed: results.flat().length - passed };
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

async function runGroup(checks) {
  const results = [];
  for (const check of checks) results.push(await runCheck(check));
  return results;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { passed, failed } = await validateDeployment();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

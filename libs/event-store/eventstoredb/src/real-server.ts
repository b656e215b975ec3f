import { execFileSync } from 'node:child_process';
import { GenericContainer, Wait } from 'testcontainers';

const IMAGE = 'eventstore/eventstore:24.10';
const PORT = 2113;
const DOCKER_MS_MAX = 10_000;

export interface RealServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where a real server can be had for the suite: the environment names one, or Docker runs one. */
export function findRealServer(): (() => Promise<RealServer>) | undefined {
  const named = process.env['EVENT_STORE_URL'];
  if (named?.startsWith('esdb') === true) {
    return () => Promise.resolve({ url: named, stop: () => Promise.resolve() });
  }
  return dockerAnswers() ? startContainer : undefined;
}

function dockerAnswers(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: DOCKER_MS_MAX });
    return true;
  } catch {
    return false;
  }
}

async function startContainer(): Promise<RealServer> {
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts(PORT)
    .withEnvironment({
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_CLUSTER_SIZE: '1',
      EVENTSTORE_RUN_PROJECTIONS: 'None',
    })
    .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204))
    .start();
  const url = `esdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`;
  return {
    url,
    stop: async () => {
      await container.stop();
    },
  };
}

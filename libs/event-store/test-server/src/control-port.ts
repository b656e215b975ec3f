import { type Server, createServer } from 'node:http';
import type { EventStoreTestServer } from './event-store-test-server';

/**
 * Faults on demand for a server in a process of its own: `POST /silent?ms=2000`. Any GET answers
 * once the server is ready.
 */
export function openControlPort(server: EventStoreTestServer, port: number): Promise<Server> {
  const faults: Readonly<Record<string, (ms: number) => void | Promise<void>>> = {
    '/silent': (ms) => {
      server.faults.silentFor(ms);
    },
    '/slow': (ms) => {
      server.faults.slowBy(ms);
    },
    '/lose-answer': () => {
      server.faults.loseNextAnswer();
    },
    '/drop-subscriptions': () => {
      server.dropSubscriptions();
    },
    '/forget-subscriptions': () => {
      server.faults.forgetSubscriptions();
    },
    '/change-leader': () => server.changeLeader(),
    '/reset': () => {
      server.faults.reset();
    },
  };
  const control = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
    const fault = faults[pathname];
    const isKnown = request.method === 'GET' || fault !== undefined;
    const done = request.method === 'GET' ? undefined : fault?.(Number(searchParams.get('ms')));
    void Promise.resolve(done).then(() => {
      response.writeHead(isKnown ? 204 : 404).end();
    });
  });
  return new Promise((resolve, reject) => {
    control.once('error', reject);
    control.listen(port, '127.0.0.1', () => {
      resolve(control);
    });
  });
}

import { createRequire } from 'node:module';
import { stopIdleLoops } from './idle-loops';

interface Queue {
  readonly throttleCheckTimeoutId: unknown;
  pending: { send: () => void; expectResponse: boolean }[];
  maybeThrottle(ms: number): void;
  checkPendingRequests(): void;
  destroy(): void;
}

describe('the queue of requests of a connection to Kafka', () => {
  let queue: Queue;

  beforeEach(() => {
    stopIdleLoops();
    const require = createRequire(__filename);
    const RequestQueue = require('kafkajs/src/network/requestQueue') as new (o: object) => Queue;
    queue = new RequestQueue({ logger: { debug: () => undefined } });
  });

  afterEach(() => queue.destroy());

  it('sets no timer when nothing waits', () => {
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('sets one while the broker throttles', () => {
    queue.maybeThrottle(1_000);
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
  });
});

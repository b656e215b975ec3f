import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

interface RequestQueueClass {
  readonly prototype: RequestQueue;
}

let stopped = false;

/**
 * kafkajs 2.2.4 looks at each connection's queue every millisecond, also when it is empty: its
 * timer's delay is negative when nothing is throttled. Nothing needs to be looked at then.
 */
export function stopIdleLoops(): void {
  if (stopped) return;
  stopped = true;
  const require = createRequire(__filename);
  const { prototype } = require('kafkajs/src/network/requestQueue') as RequestQueueClass;
  const schedule = Reflect.get<RequestQueue, 'scheduleCheckPendingRequests'>(
    prototype,
    'scheduleCheckPendingRequests',
  );
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}

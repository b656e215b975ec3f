import { OperationalError } from '@fidelis/kernel';
import type { Position } from '@fidelis/event-store';
import type { MessageBus } from './message-bus';

export interface WaitForHead {
  /** Default: all groups of this process. */
  readonly groups?: readonly string[];
  /** Default: the store's head now. */
  readonly head?: Position;
  readonly timeoutMs: number;
}

const POLL_MS = 5;

/** Waits until the groups have handled every message up to the head; else `OperationalError`. */
export async function waitForHead(bus: MessageBus, wait: WaitForHead): Promise<void> {
  const deadline = performance.now() + wait.timeoutMs;
  for (const group of wait.groups ?? bus.groups) {
    while (!(await bus.reachedHead(group, wait.head))) {
      if (performance.now() >= deadline) {
        throw new OperationalError(`${group} has not reached the head in ${wait.timeoutMs} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

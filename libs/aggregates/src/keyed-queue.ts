import { OperationalError, type Eventually } from '@fidelis/kernel';

interface Lane {
  tail: Promise<unknown>;
  waiting: number;
}

/** Runs tasks of one key one after the other, tasks of different keys side by side. */
export class KeyedQueue {
  private readonly lanes = new Map<string, Lane>();

  /** `waitingMax` bounds one key: beyond it a task is refused instead of piling up memory. */
  constructor(private readonly waitingMax: number) {}

  /** At once and without a promise, when nothing waits and the task has nothing to wait for. */
  run<T>(key: string, task: () => Eventually<T>): Eventually<T> {
    const lane = this.lanes.get(key);
    if (lane === undefined) return this.open(key, task);
    if (lane.waiting >= this.waitingMax) {
      return Promise.reject(new OperationalError(`${key}: more than ${this.waitingMax} waiting`));
    }
    lane.waiting += 1;
    const result = lane.tail.then(task, task);
    this.settle(key, lane, result);
    return result;
  }

  private open<T>(key: string, task: () => Eventually<T>): Eventually<T> {
    const result = task();
    if (!(result instanceof Promise)) return result;
    const lane = { tail: result, waiting: 1 };
    this.lanes.set(key, lane);
    this.settle(key, lane, result);
    return result;
  }

  private settle(key: string, lane: Lane, result: Promise<unknown>): void {
    const leave = (): void => {
      lane.waiting -= 1;
      if (lane.waiting === 0) this.lanes.delete(key);
    };
    lane.tail = result;
    result.then(leave, leave);
  }
}

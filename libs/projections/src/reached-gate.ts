import { OperationalError } from '@fidelis/kernel';
import { START, type Position } from '@fidelis/event-store';

interface Waiter {
  readonly position: Position;
  readonly open: () => void;
}

/** How far a reader of the feed is, and those who wait for it to be further. */
export class ReachedGate {
  private current: Position = START;
  private waiters: Waiter[] = [];

  get position(): Position {
    return this.current;
  }

  advance(position: Position): void {
    this.current = Math.max(this.current, position);
    if (this.waiters.length === 0) return;
    const still: Waiter[] = [];
    for (const waiter of this.waiters) {
      if (waiter.position <= this.current) waiter.open();
      else still.push(waiter);
    }
    this.waiters = still;
  }

  reset(): void {
    this.current = START;
  }

  /** `false` when it took longer. */
  reachedWithin(position: Position, deadlineMs: number): Promise<boolean> {
    if (position <= this.current) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((waiter) => waiter !== mine);
        resolve(false);
      }, deadlineMs);
      const mine = {
        position,
        open: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      this.waiters.push(mine);
    });
  }

  /** Throws `OperationalError` when it takes longer than the deadline. */
  async reached(position: Position, deadlineMs: number): Promise<void> {
    if (await this.reachedWithin(position, deadlineMs)) return;
    throw new OperationalError(`not at position ${position} within ${deadlineMs} ms`);
  }
}

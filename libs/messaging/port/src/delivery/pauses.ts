/** A handler chain longer than this lets timers and sockets have their turn. */
const TURN_MS = 5;

/** Keeps chains of promises from starving the event loop, which serves HTTP too. */
export class Breather {
  private lastTurn = performance.now();

  /** A promise to await when it is time for others; `undefined` when it is not. */
  pause(): Promise<void> | undefined {
    if (performance.now() - this.lastTurn < TURN_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.lastTurn = performance.now();
        resolve();
      });
    });
  }
}

/** Sleeps that a shutdown can end. */
export class Sleeper {
  private readonly wakes = new Set<() => void>();
  private awake = false;

  async sleep(ms: number): Promise<void> {
    if (this.awake) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.wakes.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.wakes.add(wake);
    });
  }

  /** Ends all sleeps, also later ones. */
  wakeAll(): void {
    this.awake = true;
    for (const wake of [...this.wakes]) wake();
  }
}

/** At most `max` at once; others queue in order. */
export class Permits {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(max: number) {
    this.free = max;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}

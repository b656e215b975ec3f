/** Lets so many pieces of work run at a time; the others wait, first come, first served. */
export class Turns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private whenEnded: (() => void)[] = [];

  constructor(private readonly runningMax: number) {}

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.runningMax) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      this.pass();
    }
  }

  allEnded(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => this.whenEnded.push(resolve));
  }

  /** Hands the turn to the next one, or gives it back. */
  private pass(): void {
    const next = this.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    this.running -= 1;
    if (this.running > 0) return;
    for (const resolve of this.whenEnded) resolve();
    this.whenEnded = [];
  }
}

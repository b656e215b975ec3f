import { setTimeout as pause } from 'node:timers/promises';

/** A pause for each event would be too short for a timer. */
const LOOKS_PER_PAUSE = 256;

/** What a test may ask the server to do wrong. All of it ends by itself or with `reset`. */
export class Faults {
  private silentUntil = 0;
  private delayMs = 0;
  private answersToLose = 0;
  private forgotten = 0;
  private looksPerSecondMax = Infinity;
  private looks = 0;
  private pacedFrom = 0;
  private looksPaced = 0;

  /** Reads nothing and answers nothing for so long; connections stay open. */
  silentFor(ms: number): void {
    this.silentUntil = Date.now() + ms;
  }

  /** Every answer comes so much later, until it is set to 0. */
  slowBy(ms: number): void {
    this.delayMs = ms;
  }

  /** The next append takes effect; its answer is never sent. */
  loseNextAnswer(): void {
    this.answersToLose += 1;
  }

  /** Subscriptions that are open now stay open and never hear of anything again. */
  forgetSubscriptions(): void {
    this.forgotten += 1;
  }

  /** A subscription that began when this number was another one is forgotten. */
  get subscriptionsForgotten(): number {
    return this.forgotten;
  }

  /** As if the log came from a slow disk: whoever searches it sees so many events a second. */
  searchAtMost(eventsPerSecond: number): void {
    this.looksPerSecondMax = eventsPerSecond;
  }

  /** Events of the log that reads and subscriptions to `$all` have looked at so far. */
  get eventsLookedAt(): number {
    return this.looks;
  }

  /** Told of every event that a search looks at. A promise: wait before you look at more. */
  looked(): Promise<void> | undefined {
    this.looks += 1;
    if (this.looksPerSecondMax === Infinity) return undefined;
    if (this.looksPaced === 0) this.pacedFrom = Date.now();
    this.looksPaced += 1;
    if (this.looksPaced < LOOKS_PER_PAUSE) return undefined;
    const ms = (this.looksPaced / this.looksPerSecondMax) * 1000;
    const left = this.pacedFrom + ms - Date.now();
    this.looksPaced = 0;
    return pause(Math.max(0, left), undefined, { ref: false });
  }

  reset(): void {
    this.silentUntil = 0;
    this.delayMs = 0;
    this.answersToLose = 0;
    this.looksPerSecondMax = Infinity;
  }

  /** Passed by every request before it is looked at, and by every answer. */
  gate(): Promise<void> | undefined {
    if (this.delayMs === 0 && this.silentUntil === 0) return undefined;
    return this.wait();
  }

  takeLostAnswer(): boolean {
    if (this.answersToLose === 0) return false;
    this.answersToLose -= 1;
    return true;
  }

  private async wait(): Promise<void> {
    if (this.delayMs > 0) await pause(this.delayMs, undefined, { ref: false });
    for (;;) {
      const left = this.silentUntil - Date.now();
      if (left <= 0) return;
      await pause(Math.min(left, 50), undefined, { ref: false });
    }
  }
}

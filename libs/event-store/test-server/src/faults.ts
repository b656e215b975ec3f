import { setTimeout as pause } from 'node:timers/promises';

/** What a test may ask the server to do wrong. All of it ends by itself or with `reset`. */
export class Faults {
  private silentUntil = 0;
  private delayMs = 0;
  private answersToLose = 0;
  private forgotten = 0;

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

  reset(): void {
    this.silentUntil = 0;
    this.delayMs = 0;
    this.answersToLose = 0;
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

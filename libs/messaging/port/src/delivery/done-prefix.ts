import { assertInvariant } from '@fidelis/kernel';

/** Passed entries are cut off when they are this many and most of the array. */
const CUT_MIN = 4096;

/**
 * Which position may be given up: that of the last message below which all are done, in whatever
 * order they end. Entries are added in the topic's order.
 */
export class DonePrefix<P> {
  private positions: P[] = [];
  private flags: boolean[] = [];
  private head = 0;
  private cut = 0;

  constructor(private reached: P) {}

  /** Resume after this position. */
  get position(): P {
    return this.reached;
  }

  /** From the oldest entry not done to the newest. */
  get span(): number {
    return this.flags.length - this.head;
  }

  /** `resumeAfter`: the position that is reached when this entry and all before it are done. */
  add(resumeAfter: P): number {
    this.positions.push(resumeAfter);
    return this.cut + this.flags.push(false) - 1;
  }

  done(ticket: number): void {
    const index = ticket - this.cut;
    assertInvariant(index < this.flags.length, `ticket ${ticket} was never given out`);
    // A duplicate of something that was passed long ago.
    if (index < this.head) return;
    this.flags[index] = true;
    while (this.flags[this.head] === true) {
      this.reached = this.positions[this.head] as P;
      this.head += 1;
    }
    if (this.head >= CUT_MIN && this.head * 2 > this.flags.length) this.cutOff();
  }

  private cutOff(): void {
    this.positions = this.positions.slice(this.head);
    this.flags = this.flags.slice(this.head);
    this.cut += this.head;
    this.head = 0;
  }
}

/** Tickets between their recording here and their turn in the feed: seconds of full load. */
const REMEMBERED_MAX = 100_000;

/**
 * Which recorded tickets this process completes itself, so that the process that resumes tickets
 * leaves them alone. Losing it costs only work: every step of a ticket may run twice.
 */
export class TicketsUnderWay {
  private readonly tickets = new Map<string, Promise<boolean>>();

  /** Call what it answers with `true` when every step was done; the first call counts. */
  begin(key: string): (ended: boolean) => void {
    let end: (ended: boolean) => void = () => undefined;
    this.remember(
      key,
      new Promise((resolve) => {
        end = resolve;
      }),
    );
    return end;
  }

  /** Many tickets that end together. */
  beginAll(keys: Iterable<string>, ended: Promise<boolean>): void {
    for (const key of keys) this.remember(key, ended);
  }

  /** Somebody else must complete it. */
  forget(key: string): void {
    this.tickets.delete(key);
  }

  /** Resolves when this process is done with the ticket; `false`: somebody must complete it. */
  async wasCompleted(key: string): Promise<boolean> {
    const ended = this.tickets.get(key);
    if (ended === undefined) return false;
    this.tickets.delete(key);
    return ended;
  }

  /** The oldest are forgotten first. */
  private remember(key: string, ended: Promise<boolean>): void {
    this.tickets.set(key, ended);
    if (this.tickets.size <= REMEMBERED_MAX) return;
    const [oldest] = this.tickets.keys();
    if (oldest !== undefined) this.tickets.delete(oldest);
  }
}

/** Tickets between their recording here and their turn in the feed: seconds of full load. */
const REMEMBERED_MAX = 100_000;

/** Whether every step was done; of many tickets, those of which it was not. */
export type Ending = boolean | { readonly left: ReadonlySet<string> };

/**
 * Which recorded tickets this process completes itself, so that the process that resumes tickets
 * leaves them alone. Losing it costs only work: every step of a ticket may run twice.
 */
export class TicketsUnderWay {
  private readonly tickets = new Map<string, Promise<Ending>>();

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

  /** Many tickets that end together, but for those that are left to somebody else. */
  beginAll(keys: Iterable<string>, ended: Promise<Ending>): void {
    for (const key of keys) this.remember(key, ended);
  }

  /** Resolves when this process is done with the ticket; `false`: somebody must complete it. */
  async wasCompleted(key: string): Promise<boolean> {
    const ended = this.tickets.get(key);
    if (ended === undefined) return false;
    this.tickets.delete(key);
    return isDone(await ended, key);
  }

  /** The oldest are forgotten first. */
  private remember(key: string, ended: Promise<Ending>): void {
    const other = this.tickets.get(key);
    this.tickets.set(key, other === undefined ? ended : eitherOf(key, other, ended));
    if (this.tickets.size <= REMEMBERED_MAX) return;
    const [oldest] = this.tickets.keys();
    if (oldest !== undefined) this.tickets.delete(oldest);
  }
}

function isDone(ending: Ending, key: string): boolean {
  return typeof ending === 'boolean' ? ending : !ending.left.has(key);
}

/** The same ticket under way twice: done when either of them has done it. */
async function eitherOf(
  key: string,
  one: Promise<Ending>,
  other: Promise<Ending>,
): Promise<boolean> {
  const [first, second] = await Promise.all([one, other]);
  return isDone(first, key) || isDone(second, key);
}

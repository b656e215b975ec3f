/** Tickets between their recording here and their turn in the feed: seconds of full load. */
const REMEMBERED_MAX = 100_000;

/** Whether every step was done; of many tickets, those of which it was not. */
export type Ending = boolean | { readonly left: ReadonlySet<string> };

/**
 * Which recorded tickets this process completes itself, so that the process that resumes tickets
 * leaves them alone. Losing it costs only work: every step of a ticket may run twice.
 */
export class TicketsUnderWay {
  private readonly tickets = new Map<string, UnderWay>();

  /** Call what it answers with `true` when every step was done; the first call counts. */
  begin(key: string): (ended: boolean) => void {
    const ticket = new UnderWay();
    this.remember(key, ticket);
    return (ended) => ticket.end(ended);
  }

  /** Many tickets that end together, but for those that are left to somebody else. */
  beginAll(keys: Iterable<string>, ended: Promise<Ending>): void {
    const tickets = new UnderWay(ended);
    for (const key of keys) this.remember(key, tickets);
  }

  /**
   * `true` as soon as this process is done with the ticket; `false`: somebody must complete it. At
   * once where that is known.
   */
  wasCompleted(key: string): boolean | Promise<boolean> {
    const ticket = this.tickets.get(key);
    if (ticket === undefined) return false;
    this.tickets.delete(key);
    return ticket.isDone(key);
  }

  /** The oldest are forgotten first. */
  private remember(key: string, ticket: UnderWay): void {
    const other = this.tickets.get(key);
    this.tickets.set(key, other === undefined ? ticket : eitherOf(key, other, ticket));
    if (this.tickets.size <= REMEMBERED_MAX) return;
    const [oldest] = this.tickets.keys();
    if (oldest !== undefined) this.tickets.delete(oldest);
  }
}

/** One ticket, or many that end together. Most ended before anybody asks, so no promise is made. */
class UnderWay {
  private ended: Ending | undefined;
  private settle: ((ended: Ending) => void) | undefined;

  constructor(private awaited?: Promise<Ending>) {
    void awaited?.then((ended) => this.end(ended));
  }

  end(ended: Ending): void {
    this.ended ??= ended;
    this.settle?.(this.ended);
  }

  isDone(key: string): boolean | Promise<boolean> {
    if (this.ended !== undefined) return isDone(this.ended, key);
    this.awaited ??= new Promise((resolve) => {
      this.settle = resolve;
    });
    return this.awaited.then((ended) => isDone(ended, key));
  }
}

function isDone(ending: Ending, key: string): boolean {
  return typeof ending === 'boolean' ? ending : !ending.left.has(key);
}

/** The same ticket under way twice: done when either of them has done it. */
function eitherOf(key: string, one: UnderWay, other: UnderWay): UnderWay {
  const both = Promise.all([one.isDone(key), other.isDone(key)]);
  return new UnderWay(both.then(([first, second]) => first || second));
}

import type { Offsets } from 'kafkajs';
import type { PartitionFeed } from './partition-feed';

export interface CommitsOptions {
  readonly feeds: () => Iterable<PartitionFeed>;
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
}

type Commit = (offsets: Offsets) => Promise<void>;

/** The partitions may be somebody else's already: whose they are begins where we were. */
const MOVED: ReadonlySet<unknown> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** Commits the done prefixes of a group's partitions, one request at a time. */
export class Commits {
  private commit: Commit | undefined;
  private timer: NodeJS.Timeout | undefined;
  private last: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: CommitsOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.now(), this.options.everyMs).unref();
  }

  /**
   * `commit` belongs to the present generation of the group, so what it sends late is refused.
   * kafkajs' own `commitOffsets` would try again in the next one, and set a new owner's offset back.
   */
  through(commit: Commit): void {
    this.commit = commit;
  }

  async now(): Promise<void> {
    this.last = this.last.then(() => this.once());
    return this.last;
  }

  /** Nothing is committed from now on. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  /** Commits a last time. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.now();
    this.stopped = true;
  }

  private async once(): Promise<void> {
    const moved = [...this.options.feeds()].flatMap((feed) => {
      const { toCommit: offset } = feed;
      return offset === undefined ? [] : [{ feed, offset }];
    });
    if (moved.length === 0 || this.commit === undefined || this.stopped) return;
    try {
      await this.commit({
        topics: moved.map(({ feed: { topic, partition }, offset }) => ({
          topic,
          partitions: [{ partition, offset: String(offset) }],
        })),
      });
    } catch (error) {
      if (!MOVED.has((error as { type?: unknown }).type)) this.options.onError(error);
      return;
    }
    for (const { feed, offset } of moved) feed.committedTo(offset);
  }
}

import type { Clock, Instant } from '@fidelis/kernel';
import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterOffice,
  DeadLetters,
  RetryOutcome,
} from '@fidelis/messaging';
import type { AskedLetter, DeadLetterTable } from './dead-letter-table';
import type { KafkaGroup } from './kafka-group';
import type { PartitionFeed } from './partition-feed';

export interface KafkaDeadLettersOptions {
  readonly office: DeadLetterOffice;
  readonly table: DeadLetterTable;
  readonly clock: Clock;
  readonly groups: ReadonlyMap<string, KafkaGroup>;
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
}

interface Retrying {
  readonly feed: PartitionFeed;
  readonly outcome: Promise<RetryOutcome>;
}

/** Letters looked up at once; the next ones follow when these have ended. */
const ASKED_MAX = 100;

/**
 * Dead letters of all services, from any replica. A retry is a mark in the table: the replica that
 * owns the letter's partition hands it over, so it comes in order with what its key has in flight.
 */
export class KafkaDeadLetters implements DeadLetters {
  private readonly retrying = new Map<string, Retrying>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(private readonly options: KafkaDeadLettersOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), this.options.everyMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  async list(filter?: DeadLetterFilter): Promise<readonly DeadLetter[]> {
    return this.options.office.list(filter);
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    return this.options.office.get(id);
  }

  async count(filter?: Pick<DeadLetterFilter, 'group' | 'topic'>): Promise<number> {
    return this.options.office.count(filter);
  }

  async discard(id: string): Promise<boolean> {
    return this.options.office.discard(id);
  }

  async erasePayloadsBefore(instant: Instant): Promise<number> {
    return this.options.office.erasePayloadsBefore(instant);
  }

  async retry(id: string): Promise<RetryOutcome> {
    const { office, table, clock } = this.options;
    const letter = await office.get(id);
    if (letter?.bytes === undefined) return 'not-found';
    await table.askRetry(id, clock.now());
    await this.handOver(letter);
    const retrying = this.retrying.get(id);
    return retrying === undefined ? 'queued' : office.withinWait(retrying.outcome);
  }

  private async look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => (this.looking = undefined));
    await this.looking;
  }

  private async lookOnce(): Promise<void> {
    const { table, groups, onError } = this.options;
    try {
      for (const asked of await table.askedOf([...groups.keys()], ASKED_MAX)) {
        await this.handOver(asked);
      }
    } catch (error) {
      onError(error);
    }
  }

  /** Only if its partition is here, and it was not handed over yet. */
  private async handOver({ id, group, topic, position }: AskedLetter): Promise<void> {
    const running = this.options.groups.get(group);
    const owner = running?.feedOf(topic, Number.parseInt(position, 10));
    if (running === undefined || owner === undefined) return;
    if (this.retrying.get(id)?.feed.gone === false) return;
    const letter = await this.options.office.get(id);
    if (letter?.bytes === undefined) return;
    const { consumer } = running;
    const outcome = this.options.office.handAgain(letter, { consumer, owner });
    this.retrying.set(id, { feed: owner, outcome });
    const forget = (): void => void this.retrying.delete(id);
    outcome.then(forget, (error: unknown) => {
      forget();
      this.options.onError(error);
    });
  }
}

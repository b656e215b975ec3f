import {
  ContractError,
  derivedId,
  OperationalError,
  type Clock,
  type Instant,
} from '@fidelis/kernel';
import type { PayloadCipher } from './dead-letter-cipher';
import {
  DEAD_LETTERS_LIST_MAX,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetters,
  type RetryOutcome,
} from './dead-letter';
import { Delivery, type DeliveryOrigin, type Failure } from './delivery/delivery';
import { reasonOf } from './delivery/delivery-options';
import type { GroupConsumer } from './delivery/group-consumer';

/** Where an adapter keeps its letters. */
export interface DeadLetterStore {
  /** Durable when it resolves; a letter with the same id is replaced. */
  put(letter: DeadLetter): Promise<void> | void;
  get(id: string): Promise<DeadLetter | undefined> | DeadLetter | undefined;
  list(
    filter: DeadLetterFilter & { readonly limit: number },
  ): Promise<readonly DeadLetter[]> | readonly DeadLetter[];
  count(filter: Pick<DeadLetterFilter, 'group' | 'topic'>): Promise<number> | number;
  /** `false` when there was none. */
  remove(id: string): Promise<boolean> | boolean;
  erasePayloadsBefore(instant: Instant): Promise<number> | number;
}

export interface DeadLetterOfficeOptions {
  readonly store: DeadLetterStore;
  readonly clock: Clock;
  readonly cipher: PayloadCipher;
  /** The consumer of a group that runs in this process. */
  readonly consumerOf: (group: string) => Pick<GroupConsumer, 'accept'> | undefined;
  /** How long `retry` waits for the handler before it answers `queued`. */
  readonly retryWaitMs?: number;
}

export interface HandAgain {
  readonly consumer: Pick<GroupConsumer, 'accept'>;
  /** Where the letter's message came from, if that may go to another replica. */
  readonly owner?: DeliveryOrigin;
}

const RETRY_WAIT_MS = 5_000;

/** Keeps what a group could not take, and gives it to the group again when a person says so. */
export class DeadLetterOffice implements DeadLetters {
  constructor(private readonly options: DeadLetterOfficeOptions) {}

  /** Same message, same group: the same letter, so a redelivery does not make a second one. */
  async keep(group: string, delivery: Delivery, failure: Failure): Promise<void> {
    const { topic, position } = delivery.found;
    const { message } = delivery;
    await this.options.store.put({
      id: derivedId('dead-letter', group, topic, position),
      group,
      topic,
      key: delivery.key,
      ...(message === undefined ? {} : { messageId: message.id, type: message.type }),
      position,
      reason: reasonOf(failure.error),
      attempts: failure.attempts,
      failedAt: this.options.clock.now(),
      bytes: this.options.cipher.seal(delivery.bytes()),
    });
  }

  async list(filter: DeadLetterFilter = {}): Promise<readonly DeadLetter[]> {
    const limit = Math.min(filter.limit ?? DEAD_LETTERS_LIST_MAX, DEAD_LETTERS_LIST_MAX);
    const letters = await this.options.store.list({ ...filter, limit });
    return letters.map((letter) => this.opened(letter));
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    const letter = await this.options.store.get(id);
    return letter === undefined ? undefined : this.opened(letter);
  }

  async count(filter: Pick<DeadLetterFilter, 'group' | 'topic'> = {}): Promise<number> {
    return this.options.store.count(filter);
  }

  async discard(id: string): Promise<boolean> {
    return this.options.store.remove(id);
  }

  async erasePayloadsBefore(instant: Instant): Promise<number> {
    return this.options.store.erasePayloadsBefore(instant);
  }

  async retry(id: string): Promise<RetryOutcome> {
    const letter = await this.get(id);
    if (letter?.bytes === undefined) return 'not-found';
    const consumer = this.options.consumerOf(letter.group);
    if (consumer === undefined) throw new OperationalError(`${letter.group} does not run here`);
    return this.withinWait(this.handAgain(letter, { consumer }));
  }

  /** Resolves when the handler has ended; never, if `owner`'s messages go elsewhere before. */
  async handAgain(letter: DeadLetter, { consumer, owner }: HandAgain): Promise<RetryOutcome> {
    const { topic, position, key, bytes } = letter;
    if (bytes === undefined) return 'not-found';
    return new Promise<RetryOutcome>((resolve, reject) => {
      const origin: DeliveryOrigin = {
        get gone() {
          return owner?.gone === true;
        },
        handled: () => {
          this.discard(letter.id).then(() => resolve('handled'), reject);
        },
        failed: async (delivery: Delivery, { error, attempts }: Failure) => {
          const all = letter.attempts + attempts;
          await this.keep(letter.group, delivery, { error, attempts: all });
          resolve('failed');
        },
      };
      void consumer.accept([Delivery.ofWire(bytes, { topic, position, key }, { origin })]);
    });
  }

  /** Answers `queued` when the outcome takes long. */
  async withinWait(outcome: Promise<RetryOutcome>): Promise<RetryOutcome> {
    let timer: NodeJS.Timeout | undefined;
    const queued = new Promise<RetryOutcome>((resolve) => {
      const ms = this.options.retryWaitMs ?? RETRY_WAIT_MS;
      timer = setTimeout(() => resolve('queued'), ms);
    });
    try {
      return await Promise.race([outcome, queued]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A lost key must not hide the letters: they are listed, and can be discarded, without bytes. */
  private opened({ bytes, ...letter }: DeadLetter): DeadLetter {
    if (bytes === undefined) return letter;
    try {
      return { ...letter, bytes: this.options.cipher.open(bytes) };
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      return { ...letter, reason: `${letter.reason} (${error.message})` };
    }
  }
}

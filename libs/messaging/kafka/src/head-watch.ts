import type { Kysely } from 'kysely';
import { KafkaJSError, type Admin } from 'kafkajs';
import type { EventStore, Position } from '@fidelis/event-store';
import type { BusTables } from './bus-tables';
import type { KafkaGroup } from './kafka-group';
import { relaysOf } from './relay-positions';

export interface HeadWatchOptions {
  readonly store: EventStore;
  readonly database: Kysely<BusTables>;
  readonly admin: Admin;
}

/** Ends of a topic's partitions when the relays had sent everything up to some head. */
type Ends = ReadonlyMap<string, readonly { partition: number; end: number }[]>;

/** Heads that somebody waits for. */
const TARGETS_MAX = 32;
/** Callers ask again and again; the broker and the database need not hear each time. */
const ASK_EVERY_MS = 20;

/** Whether one group has handled all messages of the events up to a head, on whichever replica. */
export class HeadWatch {
  private readonly targets = new Map<Position, Ends>();
  private asked = 0;

  constructor(
    private readonly group: KafkaGroup,
    private readonly options: HeadWatchOptions,
  ) {}

  async reached(head?: Position): Promise<boolean> {
    const upTo = head ?? (await this.options.store.headOf());
    await this.notTooOften();
    try {
      return await this.hasReached(upTo);
    } catch (error) {
      // A broker that moves a partition, or was just started, does not know its end for a moment.
      if (error instanceof KafkaJSError && error.retriable) return false;
      throw error;
    }
  }

  private async hasReached(upTo: Position): Promise<boolean> {
    const ends = this.targets.get(upTo) ?? (await this.endsAt(upTo));
    if (ends === undefined) return false;
    this.remember(upTo, ends);
    await this.group.commit();
    if (!(await this.committed(ends))) return false;
    this.targets.delete(upTo);
    return true;
  }

  private async notTooOften(): Promise<void> {
    const wait = this.asked + ASK_EVERY_MS - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    this.asked = performance.now();
  }

  /** `undefined`: something up to the head is not on its topic yet. */
  private async endsAt(head: Position): Promise<Ends | undefined> {
    const { store, database, admin } = this.options;
    const { topics } = this.group;
    for (const { categories, position } of await relaysOf(database, topics)) {
      const newest = await store.headOf(categories);
      if (position < Math.min(newest, head)) return undefined;
    }
    const ends = await Promise.all(
      topics.map(async (topic) => {
        const partitions = await admin.fetchTopicOffsets(topic);
        const filled = partitions.filter(({ low, high }) => high !== low);
        return [
          topic,
          filled.map(({ partition, high }) => ({ partition, end: Number(high) })),
        ] as const;
      }),
    );
    return new Map(ends);
  }

  private async committed(ends: Ends): Promise<boolean> {
    const { group: groupId, topics } = this.group;
    const offsets = await this.options.admin.fetchOffsets({ groupId, topics: [...topics] });
    return offsets.every(({ topic, partitions }) => {
      const at = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      return (ends.get(topic) ?? []).every(
        ({ partition, end }) => (at.get(partition) ?? -1) >= end,
      );
    });
  }

  private remember(head: Position, ends: Ends): void {
    this.targets.delete(head);
    this.targets.set(head, ends);
    const [oldest] = this.targets.keys();
    if (this.targets.size > TARGETS_MAX && oldest !== undefined) this.targets.delete(oldest);
  }
}

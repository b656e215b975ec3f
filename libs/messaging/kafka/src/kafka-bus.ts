import type { Admin, Kafka } from 'kafkajs';
import { deadLetterTopicOf } from '@fidelis/contracts';
import { assertInvariant, OperationalError, systemClock } from '@fidelis/kernel';
import type { Position } from '@fidelis/event-store';
import {
  byGroup,
  DeadLetterOffice,
  DELIVERY_DEFAULTS,
  endProcess,
  type BusProblem,
  type Consumer,
  type DeadLetter,
  type DeadLetters,
  type DeliveryOptions,
  type GroupStatus,
  type MessageBus,
} from '@fidelis/messaging';
import { createBusTables } from './bus-tables';
import { DeadLetterTable } from './dead-letter-table';
import { HeadWatch } from './head-watch';
import {
  FOREIGN_RETRY_MS,
  KAFKA_SPAN_MAX,
  KAFKA_TIMING,
  type KafkaBusOptions,
  type KafkaTiming,
} from './kafka-bus-options';
import { kafkaOf } from './kafka-client';
import { KafkaDeadLetters } from './kafka-dead-letters';
import { KafkaGroup } from './kafka-group';
import { toDeadLetterRecord } from './dead-letter-record';
import { MessageProducer } from './message-producer';
import { Relays } from './relays';
import { isForeign } from './topics';

/** The bus over Kafka: topics that others may read and write too. */
export class KafkaBus implements MessageBus {
  readonly deadLetters: DeadLetters;
  private readonly kafka: Kafka;
  private readonly admin: Admin;
  private readonly producer: MessageProducer;
  private readonly relays: Relays;
  private readonly office: DeadLetterOffice;
  private readonly letters: KafkaDeadLetters;
  private readonly running = new Map<string, KafkaGroup>();
  private readonly heads = new Map<string, HeadWatch>();
  private readonly timing: KafkaTiming;
  private readonly onDefect: (error: unknown) => void;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: KafkaBusOptions) {
    const { database, cipher, clock = systemClock } = options;
    this.onDefect = options.onDefect ?? endProcess;
    this.timing = { ...KAFKA_TIMING, ...options.timing };
    this.kafka = kafkaOf(options);
    this.admin = this.kafka.admin();
    this.producer = new MessageProducer(this.kafka);
    const table = new DeadLetterTable(database, (letter) => this.publishLetter(letter));
    this.office = new DeadLetterOffice({
      ...{ store: table, clock, cipher },
      consumerOf: (group) => this.running.get(group)?.consumer,
    });
    this.letters = new KafkaDeadLetters({
      ...{ office: this.office, table, clock, groups: this.running },
      everyMs: this.timing.retriesEveryMs,
      onError: (error) => this.tell({ kind: 'source', group: '*', error }),
    });
    this.deadLetters = this.letters;
    this.relays = new Relays({
      ...options,
      producer: this.producer,
      onProblem: (problem) => this.tell(problem),
      onDefect: this.onDefect,
    });
  }

  get groups(): readonly string[] {
    return [...this.running.keys()];
  }

  /** Rejects when the broker is away or topics are missing: `createTopics` makes them. */
  async start(consumers: readonly Consumer[]): Promise<void> {
    assertInvariant(this.running.size === 0, 'the bus was started already');
    await this.admin.connect();
    await createBusTables(this.options.database);
    for (const [group, ofGroup] of byGroup(consumers)) {
      const opened = this.open(group, ofGroup);
      this.running.set(group, opened);
      this.heads.set(group, new HeadWatch(opened, { ...this.options, admin: this.admin }));
    }
    await this.checkTopics();
    await Promise.all([...this.running.values()].map((group) => group.start()));
    await this.relays.start();
    this.letters.start();
  }

  async reachedHead(group: string, head?: Position): Promise<boolean> {
    const watch = this.heads.get(group);
    assertInvariant(watch !== undefined, `${group} does not run here`);
    return watch.reached(head);
  }

  status(): readonly GroupStatus[] {
    return [...this.running.values()].map((group) => group.status());
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce((group) => group.close());
    return this.closing;
  }

  /** Ends as `kill -9` would, without a last commit. For tests. */
  abandon(): Promise<void> {
    this.closing ??= this.closeOnce((group) => group.abandon());
    return this.closing;
  }

  private async closeOnce(end: (group: KafkaGroup) => Promise<void>): Promise<void> {
    await this.letters.stop();
    await Promise.all([this.relays.close(), ...[...this.running.values()].map(end)]);
    await this.producer.close();
    await this.admin.disconnect();
  }

  private open(group: string, consumers: readonly Consumer[]): KafkaGroup {
    return new KafkaGroup(group, consumers, {
      ...{ kafka: this.kafka, timing: this.timing, disturbance: this.options.disturbance },
      delivery: this.deliveryOf(group, consumers),
      hooks: {
        onProblem: (problem) => this.tell(problem),
        onDefect: this.onDefect,
      },
      keepDeadLetter: (letter, failure) => this.office.keep(group, letter, failure),
    });
  }

  private deliveryOf(group: string, consumers: readonly Consumer[]): DeliveryOptions {
    const { delivery, deliveryOf } = this.options;
    const foreign = consumers.some(({ contracts }) =>
      contracts.some(({ topic }) => isForeign(topic)),
    );
    return {
      ...DELIVERY_DEFAULTS,
      spanMax: KAFKA_SPAN_MAX,
      ...(foreign && { operationalRetryMs: FOREIGN_RETRY_MS }),
      ...delivery,
      ...deliveryOf?.(group),
    };
  }

  private async checkTopics(): Promise<void> {
    const existing = new Set(await this.admin.listTopics());
    const read = [...this.running.values()].flatMap(({ topics }) => topics);
    const written = this.options.publishers.map(({ topic }) => topic);
    const needed = new Set([...read, ...read.map(deadLetterTopicOf), ...written]);
    const missing = [...needed].filter((topic) => !existing.has(topic));
    if (missing.length > 0) throw new OperationalError(`no such topics: ${missing.join(', ')}`);
  }

  private async publishLetter(letter: DeadLetter): Promise<void> {
    const original = this.options.cipher.open(letter.bytes ?? new Uint8Array());
    await this.producer.send(deadLetterTopicOf(letter.topic), [
      toDeadLetterRecord(letter, original),
    ]);
  }

  private tell(problem: BusProblem): void {
    this.options.onProblem?.(problem);
  }
}

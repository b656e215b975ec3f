import type { Instant } from '@fidelis/kernel';
import { START, type Position } from '@fidelis/event-store';
import type { DeadLetter, DeadLetterFilter, DeadLetterStore } from '@fidelis/messaging';

export interface TopicRecord {
  readonly key: string;
  readonly wire: string | Uint8Array;
}

/**
 * What a broker would keep while its clients come and go: topics, positions of groups and relays,
 * dead letters. Several `MemoryBus`es over one broker are restarts of one process.
 */
export class MemoryBroker {
  readonly deadLetters: MemoryDeadLetters;
  private readonly topics: Map<string, TopicRecord[]>;
  private readonly offsets: Map<string, number>;
  private readonly relays: Map<string, Position>;
  private readonly waiters = new Set<() => void>();

  constructor(from?: MemoryBroker) {
    this.topics = new Map([...(from?.topics ?? [])].map(([name, log]) => [name, [...log]]));
    this.offsets = new Map(from?.offsets);
    this.relays = new Map(from?.relays);
    this.deadLetters = new MemoryDeadLetters(from?.deadLetters);
  }

  /** The broker as it is at this instant: what a crash of a client leaves. */
  copy(): MemoryBroker {
    return new MemoryBroker(this);
  }

  append(topic: string, records: readonly TopicRecord[]): void {
    const log = this.topics.get(topic) ?? [];
    log.push(...records);
    this.topics.set(topic, log);
    this.wakeAll();
  }

  read(topic: string, from: number, max: number): readonly TopicRecord[] {
    return (this.topics.get(topic) ?? []).slice(from, from + max);
  }

  lengthOf(topic: string): number {
    return this.topics.get(topic)?.length ?? 0;
  }

  /** Index of the last record done; -1 before the first. */
  offsetOf(group: string, topic: string): number {
    return this.offsets.get(`${group} ${topic}`) ?? -1;
  }

  commit(group: string, topic: string, offset: number): void {
    this.offsets.set(`${group} ${topic}`, offset);
  }

  async load(relay: string): Promise<Position> {
    return Promise.resolve(this.relays.get(relay) ?? START);
  }

  async save(relay: string, position: Position): Promise<void> {
    this.relays.set(relay, position);
    return Promise.resolve();
  }

  /** Resolves at the next append, or when somebody calls `wakeAll`. */
  async changed(): Promise<void> {
    await new Promise<void>((resolve) => this.waiters.add(resolve));
  }

  wakeAll(): void {
    for (const wake of this.waiters) wake();
    this.waiters.clear();
  }
}

class MemoryDeadLetters implements DeadLetterStore {
  private readonly letters: Map<string, DeadLetter>;

  constructor(from?: MemoryDeadLetters) {
    this.letters = new Map(from?.letters);
  }

  put(letter: DeadLetter): void {
    this.letters.set(letter.id, letter);
  }

  get(id: string): DeadLetter | undefined {
    return this.letters.get(id);
  }

  list(filter: DeadLetterFilter & { readonly limit: number }): readonly DeadLetter[] {
    const chosen = this.chosen(filter);
    const after = chosen.findIndex((letter) => letter.id === filter.after);
    return chosen.slice(after + 1, after + 1 + filter.limit);
  }

  count(filter: Pick<DeadLetterFilter, 'group' | 'topic'>): number {
    return this.chosen(filter).length;
  }

  remove(id: string): boolean {
    return this.letters.delete(id);
  }

  erasePayloadsBefore(instant: Instant): number {
    const due = [...this.letters.values()].filter(
      ({ failedAt, bytes }) => bytes !== undefined && failedAt < instant,
    );
    for (const { bytes: _, ...letter } of due) this.letters.set(letter.id, letter);
    return due.length;
  }

  private chosen({ group, topic }: Pick<DeadLetterFilter, 'group' | 'topic'>): DeadLetter[] {
    return [...this.letters.values()].filter(
      (letter) =>
        (group === undefined || letter.group === group) &&
        (topic === undefined || letter.topic === topic),
    );
  }
}

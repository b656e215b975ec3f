import { assertInvariant } from '@fidelis/kernel';
import type { MessageContract } from '@fidelis/contracts';
import type { RecordedEvent } from '@fidelis/event-store';
import type { Consumer } from './consumer';
import type { Message } from './message';
import { publicMessages, type Publisher } from './publisher';

/** Which publishers feed a set of contracts, and which of their categories must be read. */
export class PublisherRoutes {
  readonly categories: readonly string[];
  private readonly byCategory = new Map<string, Publisher[]>();
  private readonly types: ReadonlySet<string>;

  constructor(publishers: readonly Publisher[], contracts: readonly MessageContract<unknown>[]) {
    const topics = new Set(contracts.map((contract) => contract.topic));
    this.types = new Set(contracts.map((contract) => contract.type));
    for (const publisher of publishers) {
      if (topics.has(publisher.topic)) this.add(publisher);
    }
    this.categories = [...this.byCategory.keys()];
  }

  messagesOf(event: RecordedEvent): Message[] {
    const publishers = this.byCategory.get(event.category);
    if (publishers === undefined) return [];
    const [only] = publishers;
    if (only !== undefined && publishers.length === 1) {
      return publicMessages(only, event, this.types);
    }
    return publishers.flatMap((publisher) => publicMessages(publisher, event, this.types));
  }

  private add(publisher: Publisher): void {
    for (const category of publisher.categories) {
      const others = this.byCategory.get(category) ?? [];
      // The same event would give the same message ids twice.
      const twice = others.some((other) => other.topic === publisher.topic);
      assertInvariant(!twice, `${category} is published on ${publisher.topic} twice`);
      this.byCategory.set(category, [...others, publisher]);
    }
  }
}

/** Consumers by their group, in the order in which they came. */
export function byGroup(consumers: readonly Consumer[]): Map<string, Consumer[]> {
  const groups = new Map<string, Consumer[]>();
  for (const consumer of consumers) {
    const ofGroup = groups.get(consumer.group);
    if (ofGroup === undefined) groups.set(consumer.group, [consumer]);
    else ofGroup.push(consumer);
  }
  return groups;
}

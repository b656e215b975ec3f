import { assertInvariant, type Mutable } from '@fidelis/kernel';
import type { MessageContract } from '@fidelis/contracts';
import type { RecordedEvent } from '@fidelis/event-store';
import type { Message } from './message';

/** What a publisher makes of a stored event. Build it with `outgoing`, which checks the types. */
export interface OutgoingMessage<Data = unknown> {
  readonly contract: MessageContract<Data>;
  /** Aggregate id: the order of messages holds per key. */
  readonly key: string;
  /** Default: derived from the stored event's id. Give one only if the world knows another. */
  readonly id?: string;
  readonly data: Data;
}

/**
 * How a service's stored events become public messages on one topic. Driven by the store's feed
 * only; pure, so that history can be published again and gives the same messages with the same ids.
 */
export interface Publisher {
  readonly service: string;
  /** Stream categories whose events it reads. */
  readonly categories: readonly string[];
  readonly topic: string;
  /** `[]`: the event stays private. No personal data may leave here. */
  readonly toMessages: (event: RecordedEvent) => readonly OutgoingMessage[];
}

export function definePublisher(publisher: Publisher): Publisher {
  return publisher;
}

/** Pairs a contract with data of its type. */
export function outgoing<Data>(
  contract: MessageContract<Data>,
  message: { readonly key: string; readonly data: Data; readonly id?: string },
): OutgoingMessage<Data> {
  const { key, data, id } = message;
  return id === undefined ? { contract, key, data } : { contract, key, data, id };
}

/**
 * The messages that `publisher` makes of `event`; with `types`, only those of these types. Ids
 * count over all messages of the event, so a filter does not move them.
 */
export function publicMessages(
  publisher: Publisher,
  event: RecordedEvent,
  types?: ReadonlySet<string>,
): Message[] {
  const messages: Message[] = [];
  publisher.toMessages(event).forEach((message, index) => {
    if (types !== undefined && !types.has(message.contract.type)) return;
    messages.push(fromEvent(publisher, event, { message, index }));
  });
  return messages;
}

/** Of every event that somebody reads: a field that may be absent is assigned, not spread. */
function fromEvent(
  publisher: Publisher,
  event: RecordedEvent,
  { message, index }: { message: OutgoingMessage; index: number },
): Message {
  const { contract, key, id, data } = message;
  assertInvariant(contract.topic === publisher.topic, `${contract.type} is not of its topic`);
  const { recordedAt, traceparent } = event.metadata;
  const made: Mutable<Message> = {
    id: id ?? `${event.id}:${index}`,
    type: contract.type,
    source: `/${publisher.service}/${publisher.topic}`,
    time: recordedAt,
    topic: publisher.topic,
    key,
    aggregate: event.stream,
    revision: event.revision,
    data,
  };
  if (traceparent !== undefined) made.traceparent = traceparent;
  return made;
}

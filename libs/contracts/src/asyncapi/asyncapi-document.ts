import { deadLetterTopicOf, type PublicMessage } from '../message';
import { publicMessageContracts } from '../messages/all';
import { POS_TRANSACTIONS } from '../messages/pos.messages';
import { CLOUD_EVENT_TYPE, cloudEvent, publishedSchema, receivedSchema } from './cloud-event';

type Json = Readonly<Record<string, unknown>>;

const INFO = {
  title: 'Fidelis',
  version: '0.1.0',
  description:
    'Public messages of an event-sourced loyalty ledger. At least once, in order per key; the id ' +
    'is for deduplication. Nothing personal is in them.',
  license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
};

const DEAD_LETTER = 'dead-letter.v1';
const KEY = { type: 'string', description: 'The account or aggregate id' };
const PARTICIPANT_KEY = {
  type: 'string',
  description: 'The participant; without one the id counts',
};

/**
 * AsyncAPI 3 of all topics, made of the same contracts that publishers and consumers compile
 * against, so the document cannot be stale.
 */
export function asyncApiDocument(): object {
  const topics = byTopic();
  return {
    asyncapi: '3.0.0',
    info: INFO,
    defaultContentType: CLOUD_EVENT_TYPE,
    channels: Object.fromEntries(
      [...topics].flatMap(([topic, messages]) => [
        [topic, channelOf(topic, messages)],
        [deadLetterTopicOf(topic), deadLetterChannelOf(topic)],
      ]),
    ),
    operations: Object.fromEntries(
      [...topics].flatMap(([topic, messages]) => [
        operationOf(topic, messages),
        operationOf(deadLetterTopicOf(topic), [{ type: DEAD_LETTER }]),
      ]),
    ),
    components: {
      messages: {
        ...Object.fromEntries(publicMessageContracts.map((one) => [one.type, messageOf(one)])),
        [DEAD_LETTER]: deadLetter,
      },
      schemas: { CloudEvent: cloudEvent },
    },
  };
}

function byTopic(): ReadonlyMap<string, readonly PublicMessage<unknown>[]> {
  const topics = new Map<string, PublicMessage<unknown>[]>();
  for (const message of publicMessageContracts) {
    const before = topics.get(message.topic);
    if (before === undefined) topics.set(message.topic, [message]);
    else before.push(message);
  }
  return topics;
}

function channelOf(topic: string, messages: readonly PublicMessage<unknown>[]): Json {
  const isDoor = topic === POS_TRANSACTIONS;
  return {
    address: topic,
    summary: isDoor
      ? 'Tickets from points of sale. What is refused goes to the dead-letter topic.'
      : 'Keyed by account or aggregate id, ordered per key, at least once.',
    messages: Object.fromEntries(
      messages.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]),
    ),
  };
}

function deadLetterChannelOf(topic: string): Json {
  return {
    address: deadLetterTopicOf(topic),
    summary: `Messages of ${topic} that could not be read or were refused.`,
    messages: { [DEAD_LETTER]: { $ref: `#/components/messages/${DEAD_LETTER}` } },
  };
}

/** As Fidelis sees it: it receives tickets and sends everything else. */
function operationOf(
  topic: string,
  messages: readonly { readonly type: string }[],
): [string, Json] {
  const action = topic === POS_TRANSACTIONS ? 'receive' : 'send';
  const channel = `#/channels/${topic}`;
  return [
    `${action}.${topic}`,
    {
      action,
      channel: { $ref: channel },
      messages: messages.map(({ type }) => ({ $ref: `${channel}/messages/${type}` })),
    },
  ];
}

function messageOf(message: PublicMessage<unknown>): Json {
  const { type, topic, summary } = message;
  const isDoor = topic === POS_TRANSACTIONS;
  return {
    name: type,
    title: type,
    summary,
    contentType: CLOUD_EVENT_TYPE,
    payload: isDoor ? receivedSchema(message) : publishedSchema(message),
    bindings: { kafka: { key: isDoor ? PARTICIPANT_KEY : KEY } },
  };
}

const deadLetter: Json = {
  name: DEAD_LETTER,
  title: 'Dead letter',
  summary:
    'The original bytes, and why they could not be taken. They are also listed by ' +
    '`GET /v1/dead-letters`.',
  contentType: 'application/octet-stream',
  headers: {
    type: 'object',
    required: ['dead-letter-id', 'reason', 'group', 'source-topic'],
    properties: {
      'dead-letter-id': { type: 'string' },
      reason: { type: 'string', description: 'Begins with the problem’s code' },
      group: { type: 'string', description: 'Who could not take it' },
      attempts: { type: 'string' },
      'failed-at': { type: 'string', format: 'date-time' },
      'source-topic': { type: 'string' },
      'source-partition': { type: 'string' },
      'source-offset': { type: 'string' },
      ce_id: { type: 'string', description: 'Where the message could be read' },
      ce_type: { type: 'string' },
    },
  },
  payload: {},
  bindings: { kafka: { key: { type: 'string', description: 'As it was' } } },
};

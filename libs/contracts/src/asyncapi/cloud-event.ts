import type { PublicMessage } from '../message';
import type { JsonSchema } from '../schema/schema';
import { instant } from '../schema/values';

/** Structured mode: envelope and data are one JSON document. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json';

const text = { type: 'string', minLength: 1 };

/** CloudEvents 1.0 with the extensions that Fidelis writes. */
export const cloudEvent: JsonSchema = {
  type: 'object',
  required: ['specversion', 'id', 'type', 'source', 'data'],
  properties: {
    specversion: { const: '1.0' },
    id: { ...text, description: 'Unique within `source`: for deduplication' },
    type: text,
    source: { ...text, format: 'uri-reference', description: 'Who says it' },
    time: { type: 'string', format: 'date-time', description: 'When it was recorded' },
    subject: { ...text, description: 'The stream that it comes from' },
    partitionkey: { ...text, description: 'The key: messages of one key come in order' },
    sequence: {
      type: 'string',
      pattern: '^\\d+$',
      description: 'The revision in the stream: lower ones are older news',
    },
    traceparent: { type: 'string', description: 'W3C trace context' },
    datacontenttype: { const: 'application/json' },
    data: {},
  },
};

/** One message of Fidelis as it is on the wire. */
export function publishedSchema({ type, topic, schema }: PublicMessage<unknown>): JsonSchema {
  const [, service] = topic.split('.');
  return {
    allOf: [
      { $ref: '#/components/schemas/CloudEvent' },
      {
        type: 'object',
        required: ['time', 'subject', 'partitionkey', 'sequence', 'datacontenttype'],
        properties: {
          type: { const: type },
          source: sourceOf(service, topic),
          time: instant.json,
          data: schema,
        },
      },
    ],
  };
}

/** A message of others: its type and its source are its sender's own. */
export function receivedSchema({ type, schema }: PublicMessage<unknown>): JsonSchema {
  return {
    allOf: [
      { $ref: '#/components/schemas/CloudEvent' },
      { type: 'object', properties: { type: { ...text, examples: [type] }, data: schema } },
    ],
  };
}

/** Of vendors' answers too: the topic's service says them. */
function sourceOf(service: string | undefined, topic: string): JsonSchema {
  return { const: `/${service ?? ''}/${topic}` };
}

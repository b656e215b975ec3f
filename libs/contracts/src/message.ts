import type { JsonSchema, Schema } from './schema/schema';

/**
 * One public message type on a topic. Named `<service>.<kebab-past>.v<N>`; a topic is keyed by
 * aggregate id and ordered per key. Stored as CloudEvents on the wire.
 */
export interface MessageContract<Data> {
  readonly type: string;
  readonly topic: string;
  /** Type carrier only; never set. */
  readonly dataType?: Data;
}

/** What a bus needs to know. Contracts of the product are `definePublicMessage`d. */
export function defineMessage<Data>(type: string, topic: string): MessageContract<Data> {
  return { type, topic };
}

/** A contract as the world reads it in `/asyncapi.json`; it has a golden example in `golden/`. */
export interface PublicMessage<Data> extends MessageContract<Data> {
  /** One sentence. */
  readonly summary: string;
  /** Of `data`. Fields may be added to it; readers pass over what they do not know. */
  readonly schema: JsonSchema;
}

/** `Data` follows from the schema, which is written once: beside a named type, or as the type. */
export function definePublicMessage<Data>(message: {
  readonly type: string;
  readonly topic: string;
  readonly summary: string;
  readonly schema: Schema<Data>;
}): PublicMessage<Data> {
  return { ...message, schema: message.schema.json };
}

/** Where the messages of a topic go that could not be read or were refused. */
export function deadLetterTopicOf(topic: string): string {
  const { name, version } = partsOf(topic);
  return `${name.replace(/\.(events|commands)$/, '')}.dlq.${version}`;
}

function partsOf(topic: string): { readonly name: string; readonly version: string } {
  const dot = topic.lastIndexOf('.');
  return { name: topic.slice(0, dot), version: topic.slice(dot + 1) };
}

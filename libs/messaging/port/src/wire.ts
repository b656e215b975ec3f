import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { assertInvariant, ContractError } from '@fidelis/kernel';
import type { Message, ReceivedMessage } from './message';

/** CloudEvents 1.0, structured JSON: https://github.com/cloudevents/spec. */
interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time?: string;
  /** The aggregate's stream. */
  readonly subject?: string;
  /** Extension "partitioning": the key. */
  readonly partitionkey?: string;
  /** Extension "sequence": the aggregate's revision, as a string as the extension has it. */
  readonly sequence?: string;
  /** Extension "distributed tracing". */
  readonly traceparent?: string;
  readonly datacontenttype: 'application/json';
  readonly data: unknown;
}

/** Where a message was found: what its own bytes do not say. */
export interface Found {
  readonly topic: string;
  readonly position: string;
  /** The record's key, for messages of others without `partitionkey`. */
  readonly key?: string;
}

export function encodeMessage(message: Message): string {
  const event: CloudEvent = {
    specversion: '1.0',
    id: message.id,
    type: message.type,
    source: message.source,
    time: message.time,
    subject: message.aggregate,
    partitionkey: message.key,
    sequence: String(message.revision),
    datacontenttype: 'application/json',
    ...(message.traceparent === undefined ? {} : { traceparent: message.traceparent }),
    data: message.data,
  };
  return JSON.stringify(event);
}

/** Throws `ContractError` for anything that is not a CloudEvent of ours. */
export function decodeMessage(wire: string | Uint8Array, found: Found): InboundMessage {
  const event = parse(wire);
  const key = keyOf(event, found);
  const revision = event.sequence === undefined ? 0 : Number(event.sequence);
  if (!Number.isSafeInteger(revision)) throw new ContractError('`sequence` is not an integer');
  const { id, type, source, time = '', traceparent, data } = event;
  const message: Message = {
    ...{ id, type, source, time, topic: found.topic, key, revision, data },
    aggregate: event.subject ?? key,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  return new InboundMessage(message, found.position, wire);
}

/**
 * What `decodeMessage(encodeMessage(message))` gives, for buses without a wire. The data is the
 * publisher's own, shared with the stored event and other groups: `assertPlain` is for tests.
 */
export function unwiredMessage(message: Message, position: string): InboundMessage {
  return new InboundMessage(message, position, message);
}

/**
 * Throws a `Defect` unless the data would come over a wire as it is (no `undefined`, no dates), and
 * freezes it: whoever writes to what others share fails at once.
 */
export function assertPlain({ type, data }: Message): void {
  const same = isDeepStrictEqual(data, JSON.parse(JSON.stringify(data)));
  assertInvariant(same, `${type}: its data is not plain JSON`);
  deepFreeze(data);
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}

/** What names no key is in order with nothing: its own id is its key. */
function keyOf({ partitionkey, subject, id }: CloudEvent, found: Found): string {
  const key = [partitionkey, found.key, subject, id].find((one) => one !== undefined && one !== '');
  if (typeof key !== 'string') throw new ContractError('its key is not a text');
  return key;
}

export class InboundMessage implements ReceivedMessage {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: string;
  readonly topic: string;
  readonly key: string;
  readonly aggregate: string;
  readonly revision: number;
  declare readonly traceparent?: string;
  data: unknown;
  attempt = 1;
  readonly #source: string | Uint8Array | Message;

  constructor(
    message: Message,
    readonly position: string,
    source: string | Uint8Array | Message,
  ) {
    this.#source = source;
    this.id = message.id;
    this.type = message.type;
    this.source = message.source;
    this.time = message.time;
    this.topic = message.topic;
    this.key = message.key;
    this.aggregate = message.aggregate;
    this.revision = message.revision;
    if (message.traceparent !== undefined) this.traceparent = message.traceparent;
    this.data = message.data;
  }

  bytes(): Uint8Array {
    const source = this.#source;
    const isWire = typeof source === 'string' || source instanceof Uint8Array;
    return toBytes(isWire ? source : encodeMessage(source));
  }
}

export function toBytes(wire: string | Uint8Array): Uint8Array {
  return typeof wire === 'string' ? Buffer.from(wire, 'utf8') : wire;
}

function parse(wire: string | Uint8Array): CloudEvent {
  if (typeof wire !== 'string' && !isUtf8(wire)) {
    throw new ContractError('the message is not UTF-8');
  }
  const text = typeof wire === 'string' ? wire : Buffer.from(wire).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ContractError('the message is not JSON', { cause });
  }
  if (!isCloudEvent(value)) throw new ContractError('the message is not a CloudEvent 1.0');
  return value;
}

function isCloudEvent(value: unknown): value is CloudEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const event = value as Partial<Record<keyof CloudEvent, unknown>>;
  return (
    event.specversion === '1.0' &&
    isText(event.id) &&
    isText(event.type) &&
    isText(event.source) &&
    event.data !== undefined
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

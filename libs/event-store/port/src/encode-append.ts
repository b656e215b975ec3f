import { ContractError } from '@fidelis/kernel';
import { EventTooLarge } from './errors';
import type { AppendRequest, EventToAppend } from './event-store';
import { APPEND_EVENTS_MAX, EVENT_BYTES_MAX, STREAM_NAME_LENGTH_MAX } from './limits';

/** An event as it is stored. JSON escapes NUL and lone surrogates, so that every string survives. */
export interface EncodedEvent {
  readonly data: string;
  readonly metadata: string;
}

/** A category, a `-` and an id; no control characters and no lone surrogates, which stores mangle. */
const STREAM_NAME = /^[A-Za-z][A-Za-z0-9]*-[^\p{Cc}\p{Cs}]+$/u;

/**
 * Checks everything about an append that does not depend on the store's state, and makes the JSON,
 * once. Every adapter begins with it, so that all of them refuse the same.
 *
 * @throws ContractError on a bad stream name, event id or number of events
 * @throws EventTooLarge when an event exceeds `EVENT_BYTES_MAX`
 */
export function encodeAppend({ stream, events }: AppendRequest): readonly EncodedEvent[] {
  if (events.length === 0 || events.length > APPEND_EVENTS_MAX) {
    throw new ContractError(
      `${stream}: an append has 1 to ${APPEND_EVENTS_MAX} events, not ${events.length}`,
    );
  }
  return events.map((event) => encodeEvent(stream, event));
}

/** @throws ContractError; a store calls it when it meets a stream for the first time. */
export function checkStreamName(stream: string): void {
  if (stream.length > STREAM_NAME_LENGTH_MAX || !STREAM_NAME.test(stream)) {
    throw new ContractError(`${JSON.stringify(stream.slice(0, 64))} is not a stream's name`);
  }
}

function encodeEvent(stream: string, event: EventToAppend): EncodedEvent {
  if (!isUuid(event.id)) {
    throw new ContractError(`${stream}: the event id ${JSON.stringify(event.id)} is not a UUID`);
  }
  const data = event.dataJson ?? JSON.stringify(event.data);
  const metadata = JSON.stringify(event.metadata);
  // A UTF-16 unit takes at most three bytes: only a long event needs to be measured.
  if ((data.length + metadata.length) * 3 > EVENT_BYTES_MAX) {
    const bytes = Buffer.byteLength(data) + Buffer.byteLength(metadata);
    if (bytes > EVENT_BYTES_MAX) throw new EventTooLarge(stream, bytes, EVENT_BYTES_MAX);
  }
  return { data, metadata };
}

/** In small letters. Without a regular expression: of every event, and several times as quick. */
function isUuid(text: string): boolean {
  if (text.length !== 36) return false;
  for (let i = 0; i < text.length; i += 1) {
    const isHyphen = i === 8 || i === 13 || i === 18 || i === 23;
    const code = text.charCodeAt(i);
    if (isHyphen ? code !== HYPHEN : !isHexDigit(code)) return false;
  }
  return true;
}

const HYPHEN = '-'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);
const A = 'a'.charCodeAt(0);
const F = 'f'.charCodeAt(0);

function isHexDigit(code: number): boolean {
  return (code >= ZERO && code <= NINE) || (code >= A && code <= F);
}

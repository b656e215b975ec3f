import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb';
import {
  type EventMetadata,
  type Position,
  type RecordedEvent,
  START,
  categoryOf,
} from '@fidelis/event-store';
import { type JsonObject, OperationalError } from '@fidelis/kernel';

/** An answer's event: its place in the log always, its content when it is one of ours. */
export interface PlacedEvent {
  readonly position: Position;
  readonly id: string;
  readonly event: RecordedEvent | undefined;
  readonly bytes: number;
}

export const JSON_CONTENT = 'application/json';
/** Streams of ours are `category-id`; the store's own begin with `$`. */
const OURS = '^[A-Za-z][A-Za-z0-9]*-';
/** How many events the server looks at before it says how far it is. Its own default is 32. */
const SUBSCRIPTION_WINDOW_EVENTS = 64;
/** Fewer and larger steps where a scan of the log finds little. */
const READ_WINDOW_EVENTS = 4096;
/** A search tells how far it is after each; one of them must fit well into its time. */
const SEARCH_WINDOW_EVENTS = 1024;

const { FORWARDS, BACKWARDS } = ReadReq.Options.ReadDirection;

export interface StreamRead {
  readonly stream: string;
  readonly fromRevision: number | 'end';
  readonly backwards: boolean;
  readonly count: number;
}

export function streamRead({ stream, fromRevision, backwards, count }: StreamRead): ReadReq {
  const from = new ReadReq.Options.StreamOptions();
  from.setStreamIdentifier(streamIdentifier(stream));
  if (fromRevision === 'end') from.setEnd(new Empty());
  else from.setRevision(String(fromRevision));
  const options = newOptions(backwards).setStream(from).setNoFilter(new Empty());
  return new ReadReq().setOptions(options.setCount(String(count)));
}

export interface AllRead {
  /** Inclusive, as the server counts. */
  readonly from: Position | 'end';
  /** `unfiltered`: the store's own events too. */
  readonly categories: readonly string[] | undefined | 'unfiltered';
  readonly backwards: boolean;
  readonly count: number;
}

export function allRead({ from, categories, backwards, count }: AllRead): ReadReq {
  const options = newOptions(backwards).setAll(allFrom(from)).setCount(String(count));
  if (categories === 'unfiltered') options.setNoFilter(new Empty());
  else options.setFilter(filterOf(categories, READ_WINDOW_EVENTS));
  return new ReadReq().setOptions(options);
}

/** Everything behind the position, then what comes. */
export function allSubscription(
  after: Position,
  categories: readonly string[] | undefined,
): ReadReq {
  return subscription(after, filterOf(categories, SUBSCRIPTION_WINDOW_EVENTS));
}

/** The same for somebody who looks for few events in much log. */
export function allSearch(after: Position, categories: readonly string[] | undefined): ReadReq {
  return subscription(after, filterOf(categories, SEARCH_WINDOW_EVENTS));
}

function subscription(after: Position, filter: ReadReq.Options.FilterOptions): ReadReq {
  const options = newOptions(false).setAll(allFrom(after)).setFilter(filter);
  options.setSubscription(new ReadReq.Options.SubscriptionOptions());
  return new ReadReq().setOptions(options);
}

function newOptions(backwards: boolean): ReadReq.Options {
  const options = new ReadReq.Options();
  options.setUuidOption(new ReadReq.Options.UUIDOption().setString(new Empty()));
  return options.setReadDirection(backwards ? BACKWARDS : FORWARDS);
}

function allFrom(from: Position | 'end'): ReadReq.Options.AllOptions {
  const all = new ReadReq.Options.AllOptions();
  if (from === 'end') return all.setEnd(new Empty());
  if (from === START) return all.setStart(new Empty());
  const position = new ReadReq.Options.Position();
  position.setCommitPosition(String(from));
  position.setPreparePosition(String(from));
  return all.setPosition(position);
}

function filterOf(categories: readonly string[] | undefined, window: number) {
  const expression = new ReadReq.Options.FilterOptions.Expression();
  if (categories === undefined) expression.setRegex(OURS);
  else expression.setPrefixList(categories.map((category) => `${category}-`));
  const filter = new ReadReq.Options.FilterOptions();
  filter.setStreamIdentifier(expression);
  filter.setMax(window);
  filter.setCheckpointintervalmultiplier(1);
  return filter;
}

/**
 * Events of other applications in streams that are called as ours are, links and tombstones have
 * a place but no content for us.
 *
 * @throws OperationalError when the server gives no positions (before 22.6)
 */
export function toPlacedEvent(message: ReadResp): PlacedEvent | undefined {
  const record = message.getEvent()?.getEvent();
  if (record === undefined) return undefined;
  const position = toPosition(record.getCommitPosition());
  if (position === undefined) {
    throw new OperationalError('the event store gives no positions; version 22.6 or later does');
  }
  const data = record.getData_asU8();
  const metadata = record.getCustomMetadata_asU8();
  const id = uuidOf(record.getId());
  const event = toRecordedEvent(record, { id, position, data, metadata });
  return { position, id, event, bytes: data.length + metadata.length };
}

type WireRecord = ReadResp.ReadEvent.RecordedEvent;

function toRecordedEvent(
  record: WireRecord,
  content: { id: string; position: Position; data: Uint8Array; metadata: Uint8Array },
): RecordedEvent | undefined {
  const system = record.getMetadataMap();
  const type = system.get('type') ?? '$';
  if (type.startsWith('$') || system.get('content-type') !== JSON_CONTENT) return undefined;
  const stream = textOf(record.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array());
  const data = parsed(content.data);
  const metadata = parsed(content.metadata);
  if (data === undefined || metadata === undefined) return undefined;
  return {
    id: content.id,
    type,
    data: data as JsonObject,
    metadata: metadata as unknown as EventMetadata,
    stream,
    category: categoryOf(stream),
    revision: Number(record.getStreamRevision()),
    position: content.position,
  };
}

function parsed(bytes: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Absent positions come as the largest 64-bit number. */
export function toPosition(commitPosition: string | undefined): Position | undefined {
  const position = Number(commitPosition ?? NaN);
  return Number.isSafeInteger(position) ? position : undefined;
}

export function uuid(value: string): UUID {
  return new UUID().setString(value);
}

/** Servers answer with text where we ask for it, and elsewhere with two halves of 64 bits. */
export function uuidOf(id: UUID | undefined): string {
  const halves = id?.getStructured();
  if (halves === undefined) return id?.getString().toLowerCase() ?? '';
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function streamIdentifier(stream: string): StreamIdentifier {
  return new StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));
}

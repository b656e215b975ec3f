import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';

/** An event as the log keeps it and as answers carry it: encoded once, when it is appended. */
export interface NewRecord {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface RecordPlace {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

const EPOCH_TICKS_PER_MS = 10_000;

export function encodeRecord(event: NewRecord, place: RecordPlace): Uint8Array {
  const record = new ReadResp.ReadEvent.RecordedEvent();
  record.setId(uuid(event.id));
  record.setStreamIdentifier(streamIdentifier(place.stream));
  record.setStreamRevision(String(place.revision));
  record.setCommitPosition(String(place.position));
  record.setPreparePosition(String(place.position));
  record.getMetadataMap().set('type', event.type);
  record.getMetadataMap().set('content-type', event.contentType);
  record.getMetadataMap().set('created', String(Date.now() * EPOCH_TICKS_PER_MS));
  record.setData(event.data);
  record.setCustomMetadata(event.metadata);
  return record.serializeBinary();
}

export function decodeRecord(payload: Uint8Array) {
  const record = ReadResp.ReadEvent.RecordedEvent.deserializeBinary(payload);
  return {
    id: record.getId()?.getString() ?? '',
    stream: streamNameOf(record.getStreamIdentifier()),
    revision: Number(record.getStreamRevision()),
    type: record.getMetadataMap().get('type') ?? '',
  };
}

/** `ReadResp { event { event: <payload>, commit_position } }`, without decoding the payload. */
export function encodeReadEvent(payload: Uint8Array, position: number): Buffer {
  const commitPosition = varint(position);
  const length = varint(payload.length);
  const inner = 1 + length.length + payload.length + 1 + commitPosition.length;
  const outer = varint(inner);
  return Buffer.concat([
    ...[Buffer.of(0x0a), outer, Buffer.of(0x0a), length],
    ...[payload, Buffer.of(0x18), commitPosition],
  ]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

export function uuid(value: string): UUID {
  const id = new UUID();
  id.setString(value);
  return id;
}

export function uuidOf(id: UUID | undefined): string {
  return id?.getString().toLowerCase() ?? '';
}

export function streamIdentifier(stream: string): StreamIdentifier {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream, 'utf8'));
  return identifier;
}

export function streamNameOf(identifier: StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

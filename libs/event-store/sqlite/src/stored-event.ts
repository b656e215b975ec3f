import type { Position, RecordedEvent } from '@fidelis/event-store';
import { categoryOf } from '@fidelis/event-store';
import type { EventMetadata } from '@fidelis/event-store';
import type { JsonObject } from '@fidelis/kernel';

/** A row of `events`, in the order of the table's columns. */
export type EventRow = readonly [
  position: Position,
  stream: string,
  revision: number,
  previous: Position | null,
  id: string,
  type: string,
  data: string,
  metadata: string,
];

/** An event and the position of the one before it in its stream. */
export interface LinkedEvent {
  readonly event: RecordedEvent;
  readonly previous: Position | null;
}

export function toRecordedEvent(row: EventRow): RecordedEvent {
  const [position, stream, revision, , id, type, data, metadata] = row;
  return {
    id,
    type,
    data: JSON.parse(data) as JsonObject,
    metadata: JSON.parse(metadata) as EventMetadata,
    stream,
    category: categoryOf(stream),
    revision,
    position,
  };
}

import type { EventMetadata, Position, RecordedEvent } from '@fidelis/event-store';
import { categoryOf } from '@fidelis/event-store';
import type { JsonObject } from '@fidelis/kernel';

/** A row of `events`, in the order of the table's columns. */
export type EventRow = readonly [
  position: Position,
  stream: string,
  revision: number,
  /** Position of the stream's event before this one; `START` for its first. */
  previous: Position,
  id: string,
  type: string,
  data: string,
  metadata: string,
];

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

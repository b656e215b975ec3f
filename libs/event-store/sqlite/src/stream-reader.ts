import {
  type Position,
  READ_EVENTS_MAX,
  type ReadStreamOptions,
  type RecordedEvent,
  START,
} from '@fidelis/event-store';
import { assertInvariant } from '@fidelis/kernel';
import type { EventLog, Place } from './event-log';
import type { RecentEvents } from './recent-events';
import { toRecordedEvent } from './stored-event';

/** A stream and its last event, as far as the reader may see. */
export interface StreamHead extends Place {
  readonly stream: string;
}

/**
 * Reads a stream along the chain of `previous`, in memory as far as that goes, then by primary
 * key. To read forwards it goes to the last event asked for, from the next marker, and turns the
 * page round: a page costs its own length and at most `MARKER_EVERY` steps, wherever it lies.
 */
export class StreamReader {
  constructor(
    private readonly log: EventLog,
    private readonly recent: RecentEvents,
  ) {}

  read(head: StreamHead, options: ReadStreamOptions): RecordedEvent[] {
    const limit = Math.min(options.limit ?? READ_EVENTS_MAX, READ_EVENTS_MAX);
    if (options.direction === 'backwards') {
      const last = Math.min(options.fromRevision ?? head.revision, head.revision);
      return this.collect(head, last, Math.min(limit, last + 1));
    }
    const first = options.fromRevision ?? 0;
    const last = Math.min(first + limit - 1, head.revision);
    return this.collect(head, last, last - first + 1).reverse();
  }

  /** The position of a revision that the stream has. */
  locate(head: StreamHead, revision: number): Position {
    if (head.revision === revision) return head.position;
    let place: Place = this.log.marker(head.stream, revision) ?? head;
    // The marker may lie behind the head that this reader may see.
    if (place.revision > head.revision) place = head;
    let { position } = place;
    for (let at = place.revision; at > revision; at -= 1) position = this.previousOf(position);
    return position;
  }

  /** The last place at or before `position` in the order of all events; the stream's beginning. */
  headBefore(head: StreamHead, position: Position): StreamHead | undefined {
    let { revision, position: at } = head;
    while (at > position) {
      if (revision === 0) return undefined;
      at = this.previousOf(at);
      revision -= 1;
    }
    return { stream: head.stream, revision, position: at };
  }

  private collect(head: StreamHead, last: number, count: number): RecordedEvent[] {
    const events: RecordedEvent[] = [];
    if (count <= 0) return events;
    let position = this.locate(head, last);
    while (position !== START && events.length < count) {
      const recent = this.recent.at(position);
      if (recent !== undefined) {
        events.push(recent);
        position = this.recent.previousOf(position);
      } else {
        const row = this.log.row(position);
        assertInvariant(row !== undefined, `the log has no event at position ${position}`);
        events.push(toRecordedEvent(row));
        position = row[3];
      }
    }
    assertInvariant(events.length === count, `${head.stream} breaks off below revision ${last}`);
    return events;
  }

  private previousOf(position: Position): Position {
    const previous =
      position >= this.recent.firstPosition
        ? this.recent.previousOf(position)
        : this.log.previousOf(position);
    assertInvariant(
      previous !== undefined && previous !== START,
      `the event at ${position} has none before it`,
    );
    return previous;
  }
}

import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import {
  type Position,
  READ_EVENTS_MAX,
  type ReadStreamOptions,
  type RecordedEvent,
  START,
} from '@fidelis/event-store';
import { Defect } from '@fidelis/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection';
import { isBrokenConnection, isStreamNotFound, toOperationalError } from './failures';
import type { EventStoreDbLimits } from './limits';
import {
  type AllRead,
  type PlacedEvent,
  type StreamRead,
  allRead,
  streamRead,
  toPlacedEvent,
} from './wire';

export interface AllPage {
  readonly events: readonly RecordedEvent[];
  /** Position of the last event that the server gave, of ours or not; where it began otherwise. */
  readonly lookedTo: Position;
  readonly atEnd: boolean;
}

export interface AllPageOptions {
  readonly categories: readonly string[] | undefined;
  readonly limit: number;
  readonly deadlineMs?: number;
}

interface ReadCall {
  readonly what: string;
  readonly deadlineMs: number;
}

const BACK_OFF_MS_MIN = 20;
const BACK_OFF_MS_MAX = 500;

/** Reads of streams and of `$all`, each a call with a deadline. */
export class Reader {
  constructor(
    private readonly connection: Connection,
    private readonly limits: EventStoreDbLimits,
  ) {}

  async readStream(stream: string, options: ReadStreamOptions): Promise<RecordedEvent[]> {
    const { fromRevision, direction } = options;
    const count = Math.min(options.limit ?? READ_EVENTS_MAX, READ_EVENTS_MAX);
    if (count <= 0) return [];
    if (direction !== 'backwards') {
      return this.stream({ stream, fromRevision: fromRevision ?? 0, backwards: false, count });
    }
    const from = fromRevision ?? 'end';
    const events = await this.stream({ stream, fromRevision: from, backwards: true, count });
    // From behind the end not every version goes back to the end.
    if (events.length > 0 || from === 'end') return events;
    return this.stream({ stream, fromRevision: 'end', backwards: true, count });
  }

  /** At most `limit` events behind the position, whatever lies between them. */
  async page(after: Position, options: AllPageOptions): Promise<AllPage> {
    const { categories, limit } = options;
    const events: RecordedEvent[] = [];
    let lookedTo = after;
    for (;;) {
      // The server begins with the event at the position, if it is one of those asked for.
      const count = limit - events.length + 1;
      const read = { from: lookedTo, categories, backwards: false, count };
      const found = await this.all(read, options.deadlineMs ?? this.limits.scanDeadlineMs);
      for (const { event, position } of found) {
        if (position <= lookedTo) continue;
        if (events.length === limit) return { events, lookedTo, atEnd: false };
        lookedTo = position;
        if (event !== undefined) events.push(event);
      }
      if (found.length < count) return { events, lookedTo, atEnd: true };
      if (events.length === limit) return { events, lookedTo, atEnd: false };
    }
  }

  /** Position of the last event of these categories, found from the end of the log. */
  async lastOf(
    categories: AllRead['categories'],
    deadlineMs = this.limits.scanDeadlineMs,
  ): Promise<Position> {
    const read = { from: 'end', categories, backwards: true, count: 1 } as const;
    const [last] = await this.all(read, deadlineMs);
    // A tombstone or a foreign event is no event of ours; the one before it may be.
    if (last === undefined || last.event !== undefined || categories === 'unfiltered') {
      return last?.position ?? START;
    }
    return this.lastBefore(last.position, categories);
  }

  private async lastBefore(
    position: Position,
    categories: readonly string[] | undefined,
  ): Promise<Position> {
    let from = position;
    for (;;) {
      const read = { from, categories, backwards: true, count: 100 };
      const found = await this.all(read, this.limits.scanDeadlineMs);
      const ours = found.find(({ event }) => event !== undefined);
      if (ours !== undefined) return ours.position;
      const last = found.at(-1);
      if (last === undefined || last.position >= from) return START;
      from = last.position;
    }
  }

  private async stream(read: StreamRead): Promise<RecordedEvent[]> {
    const call = { what: read.stream, deadlineMs: this.limits.deadlineMs };
    const found = await this.answer(streamRead(read), call);
    return found.flatMap(({ event }) => event ?? []);
  }

  private async all(read: AllRead, deadlineMs: number): Promise<PlacedEvent[]> {
    // The server would take an empty list of prefixes for none at all.
    if (read.categories?.length === 0) return [];
    const found = await this.answer(allRead(read), { what: '$all', deadlineMs });
    assertIncreasing(found, read.backwards);
    return found;
  }

  /** A read changes nothing: over a broken connection it is asked again, but not for the time of a scan. */
  private async answer(request: ReadReq, { what, deadlineMs }: ReadCall): Promise<PlacedEvent[]> {
    const retriesEndAt = Date.now() + Math.min(deadlineMs, this.limits.deadlineMs);
    for (let backOffMs = BACK_OFF_MS_MIN; ; backOffMs = Math.min(backOffMs * 2, BACK_OFF_MS_MAX)) {
      const found: PlacedEvent[] = [];
      try {
        await this.connection.read(request, { what, deadlineMs }, (message) => {
          const placed = toPlacedEvent(message);
          if (placed !== undefined) found.push(placed);
        });
        return found;
      } catch (error) {
        if (isStreamNotFound(error)) return [];
        if (!isBrokenConnection(error) || Date.now() + backOffMs >= retriesEndAt) {
          throw toOperationalError(what, error);
        }
      }
      await pause(backOffMs);
    }
  }
}

/** Two events at one position could not be told apart by a checkpoint: one would be skipped. */
function assertIncreasing(found: readonly PlacedEvent[], backwards: boolean): void {
  for (let i = 1; i < found.length; i += 1) {
    const [before, here] = [found[i - 1]?.position ?? START, found[i]?.position ?? START];
    if (backwards ? here < before : here > before) continue;
    throw new Defect(`the event store has two events at position ${here}`);
  }
}

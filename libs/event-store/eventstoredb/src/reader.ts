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
import { AnswerLate, isBrokenConnection, isStreamNotFound, toOperationalError } from './failures';
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
  /** Time was up: a read from there on would hardly come further. */
  readonly isLate?: boolean;
}

export interface AllPageOptions {
  readonly categories: readonly string[] | undefined;
  readonly limit: number;
}

interface Answer {
  readonly found: readonly PlacedEvent[];
  /** `false`: time was up, and what had come until then is all there is. */
  readonly isWhole: boolean;
}

const ALL = '$all';
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

  /**
   * At most `limit` events behind the position, and at the end of the log or when time is up fewer.
   *
   * @throws AnswerLate when time is up before anything was found
   */
  async page(after: Position, options: AllPageOptions): Promise<AllPage> {
    const { categories, limit } = options;
    const events: RecordedEvent[] = [];
    let lookedTo = after;
    for (;;) {
      // The server begins with the event at the position, if it is one of those asked for.
      const count = limit - events.length + 1;
      const { found, isWhole } = await this.all({
        ...{ from: lookedTo, categories, backwards: false, count },
      });
      const some = firstOf(found, { after: lookedTo, limit: limit - events.length });
      events.push(...some.events);
      ({ lookedTo } = some);
      if (!isWhole && lookedTo === after) throw new AnswerLate(ALL);
      const atEnd = isWhole && found.length < count && !some.hasMore;
      if (atEnd || !isWhole || events.length === limit) {
        return { events, lookedTo, atEnd, isLate: !isWhole };
      }
    }
  }

  /**
   * Position of the last event of these categories, found from the end of the log.
   *
   * @throws AnswerLate when it lies too far from the end to be found in time
   */
  async lastOf(categories: AllRead['categories']): Promise<Position> {
    const [last] = await this.whole({ from: 'end', categories, backwards: true, count: 1 });
    // A tombstone or a foreign event is no event of ours; the one before it may be.
    if (last === undefined || last.event !== undefined || categories === 'unfiltered') {
      return last?.position ?? START;
    }
    return this.lastBefore(last.position, categories);
  }

  /**
   * The last event at or before a place in the log that may be one of ours; none before the first.
   * The store's own are no good as marks: it deletes them some day.
   */
  async markAt(position: Position): Promise<PlacedEvent | undefined> {
    const read = { from: position, categories: undefined, count: 1 } as const;
    const [here] = await this.whole({ ...read, backwards: false });
    if (here?.position === position) return here;
    const [before] = await this.whole({ ...read, backwards: true });
    return before;
  }

  private async lastBefore(
    position: Position,
    categories: readonly string[] | undefined,
  ): Promise<Position> {
    let from = position;
    for (;;) {
      const found = await this.whole({ from, categories, backwards: true, count: 100 });
      const ours = found.find(({ event }) => event !== undefined);
      if (ours !== undefined) return ours.position;
      const last = found.at(-1);
      if (last === undefined || last.position >= from) return START;
      from = last.position;
    }
  }

  private async stream(read: StreamRead): Promise<RecordedEvent[]> {
    const { found, isWhole } = await this.answer(streamRead(read), read.stream);
    if (!isWhole) throw new AnswerLate(read.stream);
    return found.flatMap(({ event }) => event ?? []);
  }

  private async whole(read: AllRead): Promise<readonly PlacedEvent[]> {
    const { found, isWhole } = await this.all(read);
    if (!isWhole) throw new AnswerLate(ALL);
    return found;
  }

  private async all(read: AllRead): Promise<Answer> {
    // The server would take an empty list of prefixes for none at all.
    if (read.categories?.length === 0) return { found: [], isWhole: true };
    const answer = await this.answer(allRead(read), ALL);
    assertIncreasing(answer.found, read.backwards);
    return answer;
  }

  /** A read changes nothing: over a broken connection it is asked again. */
  private async answer(request: ReadReq, what: string): Promise<Answer> {
    const { deadlineMs } = this.limits;
    const retriesEndAt = Date.now() + deadlineMs;
    for (let backOffMs = BACK_OFF_MS_MIN; ; backOffMs = Math.min(backOffMs * 2, BACK_OFF_MS_MAX)) {
      const found: PlacedEvent[] = [];
      try {
        await this.connection.read(request, { what, deadlineMs }, (message) => {
          const placed = toPlacedEvent(message);
          if (placed !== undefined) found.push(placed);
        });
        return { found, isWhole: true };
      } catch (error) {
        if (isStreamNotFound(error)) return { found: [], isWhole: true };
        const failure = toOperationalError(what, error);
        if (failure instanceof AnswerLate) return { found, isWhole: false };
        if (!isBrokenConnection(error) || Date.now() + backOffMs >= retriesEndAt) throw failure;
      }
      await pause(backOffMs);
    }
  }
}

/** At most so many events of ours behind a position, and where the last one of them all lies. */
function firstOf(
  found: readonly PlacedEvent[],
  { after, limit }: { readonly after: Position; readonly limit: number },
): { events: RecordedEvent[]; lookedTo: Position; hasMore: boolean } {
  const events: RecordedEvent[] = [];
  let lookedTo = after;
  for (const { event, position } of found) {
    if (position <= lookedTo) continue;
    if (events.length === limit) return { events, lookedTo, hasMore: true };
    lookedTo = position;
    if (event !== undefined) events.push(event);
  }
  return { events, lookedTo, hasMore: false };
}

/** Two events at one position could not be told apart by a checkpoint: one would be skipped. */
function assertIncreasing(found: readonly PlacedEvent[], backwards: boolean): void {
  for (let i = 1; i < found.length; i += 1) {
    const [before, here] = [found[i - 1]?.position ?? START, found[i]?.position ?? START];
    if (backwards ? here < before : here > before) continue;
    throw new Defect(`the event store has two events at position ${here}`);
  }
}

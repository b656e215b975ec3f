import {
  type AppendRequest,
  type Appended,
  type EncodedEvent,
  type EventMetadata,
  type EventToAppend,
  type Position,
  type RecordedEvent,
  START,
  WrongExpectedRevision,
  categoryOf,
  checkStreamName,
  encodeAppend,
} from '@fidelis/event-store';
import type { JsonObject } from '@fidelis/kernel';

/** All events in order, and each stream's. */
export class MemoryLog {
  private readonly all: RecordedEvent[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly categoryHeads = new Map<string, Position>();
  private durable: Position = START;

  append(request: AppendRequest): Appended {
    const { stream, expectedRevision, events } = request;
    const encoded = encodeAppend(request);
    const known = this.streams.get(stream) ?? [];
    const head = known.length === 0 ? 'no-stream' : known.length - 1;
    if (head !== expectedRevision) return firstResult(request, known);
    if (head === 'no-stream') {
      checkStreamName(stream);
      this.streams.set(stream, known);
    }
    for (const [i, event] of events.entries()) this.add(known, stream, decoded(event, encoded[i]));
    return { revision: known.length - 1, position: this.all.length - 1 };
  }

  commit(): void {
    for (const { category, position } of this.all.slice(this.durable + 1)) {
      this.categoryHeads.set(category, position);
    }
    this.durable = this.all.length - 1;
  }

  durableOf(stream: string): readonly RecordedEvent[] {
    const events = this.streams.get(stream) ?? [];
    const last = events.findLastIndex(({ position }) => position <= this.durable);
    return last === events.length - 1 ? events : events.slice(0, last + 1);
  }

  headOf(categories?: readonly string[]): Position {
    if (categories === undefined) return this.durable;
    return Math.max(START, ...categories.map((name) => this.categoryHeads.get(name) ?? START));
  }

  /** The durable events behind a position. */
  behind(after: Position): readonly RecordedEvent[] {
    return this.all.slice(after + 1, this.durable + 1);
  }

  private add(known: RecordedEvent[], stream: string, event: EventToAppend): void {
    const recorded: RecordedEvent = Object.freeze({
      ...event,
      stream,
      category: categoryOf(stream),
      revision: known.length,
      position: this.all.length,
    });
    known.push(recorded);
    this.all.push(recorded);
  }
}

/** What a reader gets is what JSON makes of it, as with every other store. */
function decoded(event: EventToAppend, encoded: EncodedEvent | undefined): EventToAppend {
  return {
    id: event.id,
    type: event.type,
    data: parseFrozen(encoded?.data ?? '{}') as JsonObject,
    metadata: parseFrozen(encoded?.metadata ?? '{}') as EventMetadata,
  };
}

function parseFrozen(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => Object.freeze(value));
}

/** The request expects another head: it is a repetition of an append that succeeded, or late. */
function firstResult(request: AppendRequest, known: readonly RecordedEvent[]): Appended {
  const { stream, expectedRevision, events } = request;
  const first = expectedRevision === 'no-stream' ? 0 : expectedRevision + 1;
  const found = known.slice(first, first + events.length);
  const last = found.at(-1);
  if (
    last !== undefined &&
    found.length === events.length &&
    found.every(({ id }, i) => id === events[i]?.id)
  ) {
    return { revision: last.revision, position: last.position };
  }
  const actual = known.length === 0 ? 'no-stream' : known.length - 1;
  throw new WrongExpectedRevision(stream, expectedRevision, actual);
}

import {
  type Appended,
  type AppendRequest,
  type EventStore,
  type EventToAppend,
  type Position,
  type RecordedEvent,
  streamName,
} from '@fidelis/event-store';
import type { JsonObject } from '@fidelis/kernel';
import { randomBytes, randomUUID } from 'node:crypto';

/** A category that no other test uses, because the store may be shared. */
export function newCategory(name = 'thing'): string {
  return name + randomBytes(6).toString('hex');
}

export function newStream(category = newCategory()): string {
  return streamName(category, randomUUID());
}

export function newEvent(data: JsonObject = {}): EventToAppend {
  const metadata = { recordedAt: '2026-11-22T10:00:00.000Z', operationId: randomUUID() };
  return { id: randomUUID(), type: 'ThingHappened', data, metadata };
}

/** Events with `n` from `from` to `to`, inclusive. */
export function numbered(from: number, to: number): EventToAppend[] {
  return Array.from({ length: to - from + 1 }, (_, i) => newEvent({ n: from + i }));
}

export function numbersOf(events: readonly RecordedEvent[]): unknown[] {
  return events.map(({ data }) => data['n']);
}

export async function append(store: EventStore, request: AppendRequest): Promise<Appended> {
  const { accepted, durable } = store.append(request);
  const appended = await accepted;
  await durable;
  return appended;
}

/** Page after page until nothing comes. */
export async function readAllAfter(
  store: EventStore,
  after: Position,
  categories: readonly string[],
): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  let from = after;
  for (;;) {
    const page = await store.readAll({ after: from, categories, limit: 100 });
    if (page.length === 0) return all;
    all.push(...page);
    from = page.at(-1)?.position ?? from;
  }
}

/** Waits until the condition holds; the test's own time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

export function isStrictlyIncreasing(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > (values[i - 1] ?? Infinity));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@fidelis/kernel';
import type { RecordedEvent } from '@fidelis/event-store';
import type { Grace } from './process';

export interface AwaitOptions {
  /** Questions that are asked side by side. */
  readonly lanesMax: number;
  /** Ends the wait: the process stops here. */
  readonly signal: AbortSignal;
}

/** The first look is late enough that most of what goes well is done by then. */
const FIRST_PAUSE_MS = 50;
const PAUSE_MS_MAX = 500;

/**
 * Looks again and again, for as long as the youngest event's grace lasts: what is left then is
 * nobody's. Under load a batch waits no longer than this after its last event was recorded, so the
 * feed is late by it and not slower. `undefined`: it was stopped and does not know.
 */
export async function leftByOthers(
  events: readonly RecordedEvent[],
  { msLeft, wasDone }: Grace,
  { lanesMax, signal }: AwaitOptions,
): Promise<readonly RecordedEvent[] | undefined> {
  const waitUntil = performance.now() + Math.max(0, ...events.map(msLeft));
  let left = events;
  for (
    let pauseMs = FIRST_PAUSE_MS;
    left.length > 0;
    pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)
  ) {
    const remainingMs = Math.max(0, waitUntil - performance.now());
    await sleep(Math.min(pauseMs, remainingMs), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return undefined;
    left = await notDone(left, wasDone, lanesMax);
    if (remainingMs <= pauseMs) break;
  }
  return left;
}

/** Of a grace that begins when the event was recorded; never more than all of it. */
export function msLeftOf(
  { metadata: { recordedAt } }: RecordedEvent,
  { graceMs, now }: { readonly graceMs: number; readonly now: Instant },
): number {
  const ageMs = Date.parse(now) - Date.parse(recordedAt);
  return graceMs - Math.min(graceMs, Math.max(0, ageMs));
}

async function notDone(
  events: readonly RecordedEvent[],
  wasDone: Grace['wasDone'],
  lanesMax: number,
): Promise<readonly RecordedEvent[]> {
  const done = new Set<RecordedEvent>();
  const waiting = events.values();
  const work = async (): Promise<void> => {
    for (const event of waiting) if (await wasDone(event)) done.add(event);
  };
  await Promise.all(Array.from({ length: Math.min(lanesMax, events.length) }, work));
  return events.filter((event) => !done.has(event));
}

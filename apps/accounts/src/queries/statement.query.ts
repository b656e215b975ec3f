import { READ_EVENTS_MAX, type EventStore } from '@fidelis/event-store';
import type { Instant } from '@fidelis/kernel';
import { entriesOf, type Entry, type EntryType } from '../domain/account';
import { toRecordedAccountEvent } from './recorded-account-event';

export interface StatementFilter {
  /** Inclusive, exclusive; of `occurredAt`. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly type?: EntryType | undefined;
  readonly wallet?: string | undefined;
}

export interface StatementPage {
  readonly filter: StatementFilter;
  /** The place of the last entry shown; the next page begins after it. */
  readonly after?: { readonly revision: number; readonly index: number } | undefined;
  readonly limit: number;
}

export interface PlacedEntry {
  readonly entry: Entry;
  readonly revision: number;
  readonly index: number;
}

/** Enough for a page of 50 with room for events without entries. */
const FIRST_READ = 100;

/** An account's statement from its own stream, newest first: it shows every answered write. */
export async function readStatement(
  store: EventStore,
  stream: string,
  page: StatementPage,
): Promise<readonly PlacedEntry[]> {
  const found: PlacedEntry[] = [];
  let from = page.after?.revision;
  let limit = FIRST_READ;
  for (;;) {
    const events = await store.readStream(stream, {
      direction: 'backwards',
      limit,
      ...(from !== undefined && { fromRevision: from }),
    });
    for (const event of events) {
      found.push(...placed(event, page));
      if (found.length >= page.limit) return found.slice(0, page.limit);
    }
    const last = events.at(-1);
    if (last === undefined || last.revision === 0) return found;
    from = last.revision - 1;
    limit = READ_EVENTS_MAX;
  }
}

function placed(
  event: Parameters<typeof toRecordedAccountEvent>[0],
  { filter, after }: StatementPage,
): readonly PlacedEntry[] {
  const { revision } = event;
  const indexMax = after?.revision === revision ? after.index : Number.MAX_SAFE_INTEGER;
  return entriesOf(toRecordedAccountEvent(event))
    .map((entry, index) => ({ entry, revision, index }))
    .filter(({ entry, index }) => index < indexMax && matches(entry, filter))
    .reverse();
}

function matches(entry: Entry, { from, to, type, wallet }: StatementFilter): boolean {
  return (
    (from === undefined || entry.occurredAt >= from) &&
    (to === undefined || entry.occurredAt < to) &&
    (type === undefined || entry.type === type) &&
    (wallet === undefined || entry.wallet === wallet)
  );
}

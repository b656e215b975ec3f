import { READ_EVENTS_MAX, START, type EventStore, type RecordedEvent } from '@fidelis/event-store';
import { addMs } from '@fidelis/kernel';
import { checkLink, headAt, type ChainFault, type ChainHead } from './chain';
import { IdSet } from './id-set';
import { UnawardedTickets } from './tickets';

/** What is wrong, and where. */
export interface Finding {
  readonly code:
    ChainFault | 'position-order' | 'event-twice' | 'operation-twice' | 'award-missing' | 'unsound';
  readonly stream: string;
  readonly revision: number;
  readonly eventId: string;
  readonly detail: string;
}

export interface Verification {
  readonly ok: boolean;
  readonly events: number;
  readonly streams: number;
  /** Hash-chained events among them. */
  readonly chained: number;
  /** Awards that are missing of tickets of the last hour: whoever completes tickets may yet. */
  readonly awardsUnderWay: number;
  /** The first `FINDINGS_MAX`. */
  readonly findings: readonly Finding[];
}

/**
 * What a service knows of its own streams: folds one of them and says what does not add up. The
 * accounts' one proves that no point was made or lost.
 */
export interface StreamCheck {
  readonly category: string;
  /** Called once per stream with all its events. `undefined`: sound. */
  readonly faultOf: (events: readonly RecordedEvent[]) => string | undefined;
}

/** What it needs of a store; a read-only one will do. */
export type ReadableStore = Pick<EventStore, 'readAll' | 'readStream'>;

export interface VerifyOptions {
  readonly checks?: readonly StreamCheck[];
  readonly onProgress?: (events: number) => void;
}

/** A broken store may have millions; nobody reads more. */
export const FINDINGS_MAX = 1000;

/**
 * Before the store's last event. A store may end in the middle of a ticket, after a crash too; the
 * next start completes it within seconds.
 */
const AWARDED_MS_MAX = 3_600_000;

/**
 * Walks all events of a store: positions strictly increasing, revisions gapless per stream, hash
 * chains unbroken, no event id and no operation of a stream twice, each recorded ticket awarded in
 * its memberships; then each stream's own check. Reads only. Memory: the ids of all events, about
 * 200 bytes each.
 */
export async function verifyStore(
  store: ReadableStore,
  options: VerifyOptions = {},
): Promise<Verification> {
  const walk = new StoreWalk();
  for (;;) {
    const events = await store.readAll({ after: walk.position, limit: READ_EVENTS_MAX });
    for (const event of events) walk.take(event);
    options.onProgress?.(walk.events);
    if (events.length === 0) break;
  }
  const awardsUnderWay = findMissingAwards(walk);
  for (const check of options.checks ?? []) await checkStreams(store, walk, check);
  const { events, chained, findings } = walk;
  const ok = findings.length === 0;
  return { ok, events, streams: walk.heads.size, chained, awardsUnderWay, findings };
}

class StoreWalk {
  position = START;
  events = 0;
  chained = 0;
  lastRecordedAt = '';
  readonly unawarded = new UnawardedTickets();
  readonly heads = new Map<string, ChainHead>();
  readonly findings: Finding[] = [];
  /** Streams with a finding. */
  readonly faulty = new Set<string>();
  private readonly ids = new IdSet();
  private readonly operations = new IdSet();
  private readonly lastOperations = new Map<string, string>();

  take(event: RecordedEvent): void {
    this.events += 1;
    if (event.metadata.hash !== undefined) this.chained += 1;
    if (event.position <= this.position) this.find('position-order', event, 'not after the last');
    this.position = Math.max(this.position, event.position);
    const fault = checkLink(this.heads.get(event.stream), event);
    if (fault !== undefined) this.find(fault, event, describe(fault));
    this.heads.set(event.stream, headAt(event));
    if (!this.ids.add(event.id)) this.find('event-twice', event, 'its id was met before');
    this.takeOperation(event);
    this.unawarded.take(event);
    const { recordedAt } = event.metadata;
    if (recordedAt > this.lastRecordedAt) this.lastRecordedAt = recordedAt;
  }

  find(code: Finding['code'], event: RecordedEvent, detail: string): void {
    this.faulty.add(event.stream);
    if (this.findings.length >= FINDINGS_MAX) return;
    const { stream, revision, id: eventId } = event;
    this.findings.push({ code, stream, revision, eventId, detail });
  }

  /** The events of one operation follow each other; apart, it was done twice. */
  private takeOperation(event: RecordedEvent): void {
    const { operationId } = event.metadata;
    if (this.lastOperations.get(event.stream) === operationId) return;
    this.lastOperations.set(event.stream, operationId);
    if (this.operations.add(`${event.stream} ${operationId}`)) return;
    this.find('operation-twice', event, `operation ${operationId} was done before`);
  }
}

/** Answers how many may be under way. */
function findMissingAwards(walk: StoreWalk): number {
  let underWay = 0;
  for (const { ticket, accountId, recorded } of walk.unawarded) {
    if (addMs(recorded.metadata.recordedAt, AWARDED_MS_MAX) >= walk.lastRecordedAt) underWay += 1;
    else walk.find('award-missing', recorded, `membership ${accountId} never awarded ${ticket}`);
  }
  return underWay;
}

async function checkStreams(
  store: ReadableStore,
  walk: StoreWalk,
  check: StreamCheck,
): Promise<void> {
  for (const stream of walk.heads.keys()) {
    if (!stream.startsWith(`${check.category}-`)) continue;
    // What is broken already cannot be folded, and a store may refuse to read it.
    if (walk.faulty.has(stream)) continue;
    const events = await readWhole(store, stream);
    const last = events.at(-1);
    const fault = check.faultOf(events);
    if (last !== undefined && fault !== undefined) walk.find('unsound', last, fault);
  }
}

async function readWhole(store: ReadableStore, stream: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readStream(stream, { fromRevision: events.length });
    events.push(...page);
    if (page.length < READ_EVENTS_MAX) return events;
  }
}

function describe(fault: ChainFault): string {
  switch (fault) {
    case 'revision-gap':
      return 'its revision is not the next one of its stream';
    case 'hash-missing':
      return 'it has no hash, but its stream has a hash chain';
    case 'hash-mismatch':
      return 'its hash does not fit its content and the event before it';
  }
}

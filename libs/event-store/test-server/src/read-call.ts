import { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { toFilter } from './event-filter';
import type { Faults } from './faults';
import type { TransactionLog } from './transaction-log';
import { encodeReadEvent, streamIdentifier, streamNameOf } from './wire';

/** A message, or one that is encoded already: the service's own serializer knows both. */
export type ReadAnswer = ReadResp | Buffer;
export type ReadCall = ServerWritableStream<ReadReq, ReadAnswer>;

const { BACKWARDS } = ReadReq.Options.ReadDirection;
/** A reader of a long log lets others have their turn. */
const EVENTS_PER_TURN = 2000;

/** An event that was looked at and is not one of those asked for. */
const PASSED = -1;

/** The numbers of the events that answer a read with a count, and `PASSED` between them. */
function* eventsOf(log: TransactionLog, options: ReadReq.Options): Generator<number> {
  const stream = options.getStream();
  const count = Number(options.getCount());
  if (stream !== undefined) yield* ofStream(log, stream, { options, count });
  else yield* ofAll(log, options, count);
}

function* ofStream(
  log: TransactionLog,
  from: ReadReq.Options.StreamOptions,
  { options, count }: { options: ReadReq.Options; count: number },
): Generator<number> {
  const events = log.stream(streamNameOf(from.getStreamIdentifier()));
  const last = events.length - 1;
  const backwards = options.getReadDirection() === BACKWARDS;
  let revision = from.hasStart() ? 0 : from.hasEnd() ? last : Number(from.getRevision());
  if (backwards) revision = Math.min(revision, last);
  for (let i = 0; i < count; i += 1) {
    const index = events[revision];
    if (index === undefined) return;
    yield index;
    revision += backwards ? -1 : 1;
  }
}

function* ofAll(log: TransactionLog, options: ReadReq.Options, count: number): Generator<number> {
  const matches = toFilter(options);
  const backwards = options.getReadDirection() === BACKWARDS;
  // Forwards the position's own event comes first; backwards the one before it.
  let index = backwards ? startOf(log, options) - 1 : startOf(log, options);
  for (let found = 0; found < count; index += backwards ? -1 : 1) {
    const entry = log.entry(index);
    if (entry === undefined) return;
    const isTaken = matches(entry);
    if (isTaken) found += 1;
    yield isTaken ? index : PASSED;
  }
}

/** The number of the first event at or behind the position asked for. */
export function startOf(log: TransactionLog, options: ReadReq.Options): number {
  const all = options.getAll();
  if (all === undefined || all.hasStart()) return 0;
  if (all.hasEnd()) return log.length;
  return log.indexAt(Number(all.getPosition()?.getCommitPosition()));
}

export function toAnswer(log: TransactionLog, index: number): Buffer {
  return encodeReadEvent(log.payload(index), log.entry(index)?.position ?? 0);
}

/** Answers a read with a count, as fast as its reader takes it. */
export async function answerRead(
  log: TransactionLog,
  call: ReadCall,
  faults: Faults,
): Promise<void> {
  const options = call.request.getOptions() ?? new ReadReq.Options();
  const stream = options.getStream();
  const name = streamNameOf(stream?.getStreamIdentifier());
  if (stream !== undefined && log.stream(name).length === 0) {
    call.write(notFound(name));
    call.end();
    return;
  }
  const looked = () => (stream === undefined ? faults.looked() : undefined);
  await writeEvents(log, call, { options, looked });
}

interface WriteOptions {
  readonly options: ReadReq.Options;
  /** Told of each event looked at; what it gives is waited for. */
  readonly looked: () => Promise<void> | undefined;
}

async function writeEvents(
  log: TransactionLog,
  call: ReadCall,
  { options, looked }: WriteOptions,
): Promise<void> {
  let seen = 0;
  for (const index of eventsOf(log, options)) {
    if (call.cancelled) return;
    const slowness = looked();
    if (slowness !== undefined) await slowness;
    const isTaken = index === PASSED || call.write(toAnswer(log, index));
    seen += 1;
    const wait = isTaken ? turnAfter(seen) : drained(call);
    if (wait !== undefined) await wait;
  }
  call.end();
}

function turnAfter(seen: number): Promise<void> | undefined {
  if (seen % EVENTS_PER_TURN !== 0) return undefined;
  return new Promise((done) => setImmediate(done));
}

function notFound(stream: string): ReadResp {
  const answer = new ReadResp.StreamNotFound();
  answer.setStreamIdentifier(streamIdentifier(stream));
  return new ReadResp().setStreamNotFound(answer);
}

export function drained(call: ReadCall): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      call.off('drain', end);
      call.off('cancelled', end);
      call.off('close', end);
      resolve();
    };
    call.once('drain', end);
    call.once('cancelled', end);
    call.once('close', end);
  });
}

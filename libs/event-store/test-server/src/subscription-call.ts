import { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { randomUUID } from 'node:crypto';
import { toFilter } from './event-filter';
import type { Faults } from './faults';
import { type ReadCall, drained, startOf, toAnswer } from './read-call';
import type { TransactionLog } from './transaction-log';

/** The server's own default where the request names no search window. */
const SEARCH_WINDOW_EVENTS = 32;
const EVENTS_PER_TURN = 500;

/**
 * A subscription to `$all` from a position on, exclusively. Of a filtered one the subscriber
 * learns now and then how far the server has looked: a checkpoint.
 */
export async function answerSubscription(
  log: TransactionLog,
  call: ReadCall,
  faults: Faults,
): Promise<void> {
  const options = call.request.getOptions() ?? new ReadReq.Options();
  const matches = toFilter(options);
  const checkpointEvery = checkpointIntervalOf(options);
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  call.once('cancelled', end);
  call.once('close', end);
  const confirmation = new ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(randomUUID());
  call.write(new ReadResp().setConfirmation(confirmation));

  let next = firstBehind(log, options);
  let considered = 0;
  let caughtUp = false;
  const remembered = faults.subscriptionsForgotten;
  while (!ended.signal.aborted) {
    await faults.gate();
    if (faults.subscriptionsForgotten !== remembered) return;
    const entry = log.entry(next);
    if (entry === undefined) {
      if (!caughtUp) call.write(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));
      caughtUp = true;
      await committed(log, ended.signal);
      continue;
    }
    const slowness = faults.looked();
    if (slowness !== undefined) await slowness;
    const isTaken = matches(entry) ? call.write(toAnswer(log, next)) : true;
    considered += 1;
    next += 1;
    if (considered % checkpointEvery === 0) call.write(checkpoint(entry.position));
    await breathe(call, { isTaken, considered });
  }
}

/** Waits for a reader that is slower, and lets others have their turn. */
async function breathe(
  call: ReadCall,
  { isTaken, considered }: { isTaken: boolean; considered: number },
): Promise<void> {
  if (!isTaken) await drained(call);
  else if (considered % EVENTS_PER_TURN === 0) await new Promise((done) => setImmediate(done));
}

function firstBehind(log: TransactionLog, options: ReadReq.Options): number {
  const start = startOf(log, options);
  // A real server skips the first event at or behind the position, whatever its position is.
  return options.getAll()?.hasPosition() === true ? start + 1 : start;
}

function checkpointIntervalOf(options: ReadReq.Options): number {
  const filter = options.getFilter();
  if (filter === undefined) return Infinity;
  const window = filter.hasMax() ? filter.getMax() : SEARCH_WINDOW_EVENTS;
  return window * Math.max(1, filter.getCheckpointintervalmultiplier());
}

function checkpoint(position: number): ReadResp {
  const place = new ReadResp.Checkpoint();
  place.setCommitPosition(String(position));
  place.setPreparePosition(String(position));
  return new ReadResp().setCheckpoint(place);
}

function committed(log: TransactionLog, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      forget();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const forget = log.onCommit(end);
    signal.addEventListener('abort', end, { once: true });
  });
}

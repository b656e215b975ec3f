import {
  eventIdOf,
  eventually,
  OperationalError,
  type Decision,
  type DomainEvent,
  type Eventually,
  type JsonObject,
  type Mutable,
  type Rejection,
} from '@fidelis/kernel';
import {
  WrongExpectedRevision,
  type EventMetadata,
  type EventToAppend,
  type PendingAppend,
} from '@fidelis/event-store';
import { currentTraceparent, isTracing } from '@fidelis/tracing';
import type {
  AggregateRepository,
  Command,
  Handled,
  OperationReused,
} from './aggregate-repository';
import { chainHash, type Loaded, type Recorded } from './loaded';
import { snapshotWhenDue } from './snapshot-when-due';

/**
 * The way of every command, written once: load → fold → decide → append with the expected
 * revision → again on a conflict, bounded by time. Runs alone on its stream within the process.
 *
 * A rejection or "done already" that rests on memory is answered only after the stream's tail was
 * read, unless this process is the only writer: then a stream in memory is decided on at once.
 */
export function handleCommand<State, E extends DomainEvent, R extends Rejection>(
  repository: AggregateRepository<State, E>,
  command: Command<State, E, R>,
): Eventually<Handled<State, E, R>> {
  const loaded = repository.store.soleWriter ? repository.cached(command.id) : undefined;
  if (loaded === undefined) return untilDecided(repository, command);
  const again = (error: unknown) => {
    if (!(error instanceof OperationalError)) throw error;
    // What can be done about it is the other way's to know.
    return untilDecided(repository, retried(command));
  };
  try {
    const handled = attemptOnce(repository, loaded, command);
    return handled instanceof Promise ? handled.catch(again) : handled;
  } catch (error) {
    return again(error);
  }
}

/** After a failure nothing is certain any more, least of all that the operation is new. */
function retried<State, E extends DomainEvent, R extends Rejection>({
  id,
  operation,
  now,
  decide,
}: Command<State, E, R>): Command<State, E, R> {
  return { id, operation, now, decide };
}

async function untilDecided<State, E extends DomainEvent, R extends Rejection>(
  repository: AggregateRepository<State, E>,
  first: Command<State, E, R>,
): Promise<Handled<State, E, R>> {
  const { id } = first;
  let command = first;
  const giveUpAt = performance.now() + repository.retryMsMax;
  const cached = repository.cached(id);
  let loaded = cached ?? (await repository.refresh(id));
  let tailRead = cached === undefined || repository.store.soleWriter;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const handled = await attemptOnce(repository, loaded, command);
      if (handled.outcome === 'accepted' || tailRead) return handled;
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      if (!(error instanceof WrongExpectedRevision)) repository.forget(id);
      if (performance.now() > giveUpAt) throw error;
      command = retried(command);
      await backOff(attempt);
    }
    loaded = await repository.refresh(id);
    tailRead = true;
  }
}

/** Without a promise of its own on the usual way: nothing done before, nothing to look up. */
function attemptOnce<State, E extends DomainEvent, R extends Rejection>(
  repository: AggregateRepository<State, E>,
  loaded: Loaded<State>,
  command: Command<State, E, R>,
): Eventually<Handled<State, E, R>> {
  const doneAt = repository.revisionOf(loaded, command.operation.id, command.isNew);
  if (doneAt === undefined) return decideAnew(repository, loaded, command);
  return lookUp(repository, loaded, { command, doneAt });
}

interface LookUp<State, E extends DomainEvent, R extends Rejection> {
  readonly command: Command<State, E, R>;
  readonly doneAt: number | Promise<number | undefined>;
}

async function lookUp<State, E extends DomainEvent, R extends Rejection>(
  repository: AggregateRepository<State, E>,
  loaded: Loaded<State>,
  { command, doneAt }: LookUp<State, E, R>,
): Promise<Handled<State, E, R>> {
  const revision = await doneAt;
  if (revision === undefined) return decideAnew(repository, loaded, command);
  await loaded.durable;
  const { id } = command.operation;
  const events = await repository.eventsOfOperation(loaded.stream, revision, id);
  return answerAgain(events, loaded, command);
}

function decideAnew<State, E extends DomainEvent, R extends Rejection>(
  repository: AggregateRepository<State, E>,
  loaded: Loaded<State>,
  command: Command<State, E, R>,
): Eventually<Handled<State, E, R>> {
  const decision = command.decide(loaded.state);
  if (decision.outcome === 'rejected') return decision;
  const { state, revision, durable } = loaded;
  if (decision.events.length === 0)
    return { outcome: 'done', events: [], state, revision, durable };
  return append(repository, loaded, { command, decision });
}

function answerAgain<State, E extends DomainEvent, R extends Rejection>(
  events: readonly Recorded<E>[],
  { state, revision, durable }: Loaded<State>,
  { operation }: Command<State, E, R>,
): Handled<State, E, R> {
  const fingerprint = events[0]?.metadata.fingerprint;
  if (fingerprint === operation.fingerprint || operation.fingerprint === undefined) {
    return { outcome: 'done', events, state, revision, durable };
  }
  const rejection: OperationReused = {
    code: 'operation_reused',
    detail: 'this operation was done before with another content',
  };
  return { outcome: 'rejected', rejection };
}

interface Accepted<State, E extends DomainEvent, R extends Rejection> {
  readonly command: Command<State, E, R>;
  readonly decision: Extract<Decision<E>, { outcome: 'accepted' }>;
}

function append<State, E extends DomainEvent, R extends Rejection>(
  repository: AggregateRepository<State, E>,
  loaded: Loaded<State>,
  { command, decision }: Accepted<State, E, R>,
): Eventually<Handled<State, E, R>> {
  const { aggregate, store } = repository;
  const { stream } = loaded;
  let hash = loaded.hash;
  const toAppend = decision.events.map((event, index) => {
    const sealed = seal(
      { stream, command, event, index, revision: loaded.revision + 1 + index },
      {
        chained: aggregate.hashChain === true,
        previousHash: hash,
      },
    );
    hash = sealed.metadata.hash;
    return sealed;
  });
  const expectedRevision = loaded.revision < 0 ? 'no-stream' : loaded.revision;
  const pending = store.append({ stream, expectedRevision, events: toAppend });
  return eventually(pending.accepted, ({ revision }) =>
    foldAppended(repository, loaded, { command, decision, toAppend, pending, revision, hash }),
  );
}

interface AppendedEvents<State, E extends DomainEvent, R extends Rejection> extends Accepted<
  State,
  E,
  R
> {
  readonly toAppend: readonly EventToAppend[];
  readonly pending: PendingAppend;
  readonly revision: number;
  readonly hash: string | undefined;
}

function foldAppended<State, E extends DomainEvent, R extends Rejection>(
  repository: AggregateRepository<State, E>,
  loaded: Loaded<State>,
  appended: AppendedEvents<State, E, R>,
): Handled<State, E, R> {
  const { aggregate } = repository;
  const { command, decision, toAppend, pending, revision, hash } = appended;
  const { stream } = loaded;
  const first = loaded.revision + 1;
  // Written out: spreading an event with more fields costs microseconds for each of them.
  const recorded = toAppend.map(({ id, type, data, metadata }, index) => ({
    id,
    type,
    data,
    metadata,
    stream,
    category: aggregate.category,
    revision: first + index,
  })) as unknown as readonly Recorded<E>[];
  loaded.state =
    decision.folded === undefined
      ? decision.events.reduce(aggregate.evolve, loaded.state)
      : (decision.folded as State);
  loaded.revision = revision;
  loaded.hash = hash;
  loaded.durable = pending.durable;
  loaded.operations.add(command.operation.id, first);
  snapshotWhenDue(repository, loaded, pending);
  return {
    outcome: 'accepted',
    events: recorded,
    state: loaded.state,
    revision,
    durable: pending.durable,
  };
}

interface Unsealed<State, E extends DomainEvent, R extends Rejection> {
  readonly stream: string;
  readonly command: Command<State, E, R>;
  readonly event: E;
  readonly index: number;
  readonly revision: number;
}

function seal<State, E extends DomainEvent, R extends Rejection>(
  { stream, command, event, index, revision }: Unsealed<State, E, R>,
  chain: { readonly chained: boolean; readonly previousHash: string | undefined },
): EventToAppend {
  const { operation, now } = command;
  const id = eventIdOf({ stream, operationId: operation.id, now, index });
  const data = event.data as JsonObject;
  const metadata = metadataOf(command);
  if (!chain.chained) return { id, type: event.type, data, metadata };
  const dataJson = JSON.stringify(data);
  const hash = chainHash({
    previousHash: chain.previousHash,
    stream,
    revision,
    id,
    type: event.type,
    ...{ data, dataJson },
    recordedAt: now,
    operationId: operation.id,
  });
  metadata.hash = hash;
  return { id, type: event.type, data, dataJson, metadata };
}

/** Assigned field by field: with spreads it costs as much as the hash of the event. */
function metadataOf({
  operation,
  now,
}: Pick<Command<never, never, never>, 'operation' | 'now'>): Mutable<EventMetadata> {
  const metadata: Mutable<EventMetadata> = { recordedAt: now, operationId: operation.id };
  if (operation.fingerprint !== undefined) metadata.fingerprint = operation.fingerprint;
  if (operation.actor !== undefined) metadata.actor = operation.actor;
  // The event's way to views, topics and other services belongs to the same trace.
  const traceparent = isTracing() ? currentTraceparent() : undefined;
  if (traceparent !== undefined) metadata.traceparent = traceparent;
  return metadata;
}

/** 1, 2, 4 … 64 ms with jitter: a conflict means that another process is busy on this stream. */
function backOff(attempt: number): Promise<void> {
  const ms = Math.min(64, 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, ms));
}

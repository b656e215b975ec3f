import { hash } from 'node:crypto';
import type { Aggregate, DomainEvent } from '@fidelis/kernel';
import type { RecordedEvent } from '@fidelis/event-store';
import { OperationRevisions } from './operation-revisions';

/**
 * A domain event with its place in the stream. Its place in the order of all events is the feed's
 * business: an append tells only that of its last event, and positions are sparse on some stores.
 */
export type Recorded<E extends DomainEvent> = E & Omit<RecordedEvent, 'type' | 'data' | 'position'>;

/** One stream in memory: folded up to `revision`. Owned by the repository. */
export interface Loaded<State> {
  /** Its name, made once: a name put together anew is hashed anew in every table of names. */
  readonly stream: string;
  state: State;
  /** -1: the stream does not exist. */
  revision: number;
  /** Hash of the last event, where the stream has a chain. */
  hash: string | undefined;
  /** Of all events after `snapshotRevision`. */
  readonly operations: OperationRevisions;
  /** Operations up to here are in the store's operation index. -1: there is no snapshot. */
  snapshotRevision: number;
  /** When everything up to `revision` is on disk. */
  durable: Promise<void>;
  snapshotting: boolean;
}

/** Everything is on disk. */
export const ALREADY = Promise.resolve();

export function emptyStream<State>(stream: string, initial: State): Loaded<State> {
  return {
    stream,
    state: initial,
    revision: -1,
    hash: undefined,
    operations: new OperationRevisions(),
    snapshotRevision: -1,
    durable: ALREADY,
    snapshotting: false,
  };
}

export function applyRecorded<State, E extends DomainEvent>(
  aggregate: Aggregate<State, E>,
  loaded: Loaded<State>,
  recorded: RecordedEvent,
): void {
  loaded.state = aggregate.evolve(loaded.state, toDomain(aggregate, recorded));
  loaded.revision = recorded.revision;
  if (aggregate.hashChain === true) loaded.hash = recorded.metadata.hash;
  const { operationId } = recorded.metadata;
  if (loaded.operations.get(operationId) === undefined) {
    loaded.operations.add(operationId, recorded.revision);
  }
}

/** A stored event in today's shape. The store knows types as text, the aggregate as a union. */
export function toDomain<State, E extends DomainEvent>(
  aggregate: Aggregate<State, E>,
  recorded: RecordedEvent,
): Recorded<E> {
  if (aggregate.upcast === undefined) return recorded as unknown as Recorded<E>;
  return { ...recorded, ...aggregate.upcast(recorded) };
}

export interface ChainLink {
  readonly previousHash: string | undefined;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: object;
  /** `data` as JSON, where it is made already. */
  readonly dataJson?: string;
  readonly recordedAt: string;
  readonly operationId: string;
}

/**
 * SHA-256 over the previous event's hash and everything this event says, in base 64. The data's
 * fields are hashed in the order in which they are stored.
 */
export function chainHash(link: ChainLink): string {
  const head = `${link.previousHash ?? ''}\n${link.stream}\n${link.revision}\n${link.id}\n`;
  const when = `${link.type}\n${link.recordedAt}\n${link.operationId}\n`;
  return hash('sha256', head + when + (link.dataJson ?? JSON.stringify(link.data)), 'base64');
}

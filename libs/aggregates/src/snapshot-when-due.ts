import type { PendingAppend } from '@fidelis/event-store';
import type { DomainEvent, JsonObject } from '@fidelis/kernel';
import type { AggregateRepository } from './aggregate-repository';
import type { Loaded } from './loaded';

/** Written behind the answer; a snapshot that is lost costs only the time of reading more. */
export function snapshotWhenDue<State, E extends DomainEvent>(
  { aggregate, store }: AggregateRepository<State, E>,
  loaded: Loaded<State>,
  pending: PendingAppend,
): void {
  const policy = aggregate.snapshot;
  if (policy === undefined || loaded.snapshotting) return;
  if (loaded.revision - loaded.snapshotRevision < policy.everyEvents) return;
  loaded.snapshotting = true;
  const { stream, revision, hash } = loaded;
  const state = loaded.state as unknown as JsonObject;
  const operations = loaded.operations.list();
  const snapshot = {
    revision,
    version: policy.version,
    state,
    ...(hash !== undefined && { hash }),
  };
  pending.durable
    .then(() => store.snapshots.write(stream, snapshot, operations))
    .then(
      () => {
        loaded.snapshotRevision = revision;
        loaded.operations.dropOldest(operations.length);
        loaded.snapshotting = false;
      },
      () => {
        loaded.snapshotting = false;
      },
    );
}

import type { Kysely } from 'kysely';
import type { MessageContract, ServiceName } from '@fidelis/contracts';
import type { ReceivedMessage } from '@fidelis/messaging';
import type { DueRunner, Schedule } from '@fidelis/processes';
import type { FeedRunner, Projection } from '@fidelis/projections';
import type { ServiceFlow } from './service-flow';

/**
 * What of a service only follows the feed and writes tables. It stands on no port and no Nest, so a
 * host may run it in another thread (`./views` of the service's package).
 */
export interface ServiceViews {
  readonly flow: ServiceFlow;
  readonly projections: readonly Projection<never>[];
  readonly schedules: readonly Schedule[];
  readonly messageViews: readonly MessageView[];
}

/** A view that is made of messages: who feeds it, what it owns. */
export interface MessageView {
  readonly name: string;
  readonly group: string;
  readonly contracts: readonly MessageContract<unknown>[];
  readonly tables: readonly string[];
  readonly create: (db: Kysely<never>) => Promise<void>;
  /** Rows know the messages that made them: the same ones again change nothing. */
  readonly record: (db: Kysely<never>, messages: readonly ReceivedMessage[]) => Promise<void>;
}

/** Another thread of this process, that feeds the views of its services. */
export interface ViewHost {
  view(service: ServiceName, view: Projection<never>): FeedRunner;
  dueDates(service: ServiceName, schedule: Schedule): DueRunner;
}

/** Kysely's types are invariant: a view as one of many, over any database. */
export function anyView<Tables>(projection: Projection<Tables>): Projection<never> {
  return projection as unknown as Projection<never>;
}

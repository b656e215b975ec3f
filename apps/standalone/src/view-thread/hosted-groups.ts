import type { Kysely } from 'kysely';
import { assertInvariant } from '@fidelis/kernel';
import type { ServiceName } from '@fidelis/contracts';
import type { Position } from '@fidelis/event-store';
import type { SqliteEventFollower } from '@fidelis/event-store-sqlite';
import {
  Delivery,
  DELIVERY_DEFAULTS,
  disturbanceOf,
  endProcess,
  type Consumer,
  type DeliveryOptions,
  type Failure,
} from '@fidelis/messaging';
import { EmbeddedGroup } from '@fidelis/messaging-sqlite';
import type { MessageView } from '@fidelis/service/views';
import { allViews, viewPublishers } from './all-views';
import { VIEW_BATCH_MAX } from './batch-size';
import type { Carried, CarriedFailure, MainThreadCalls, ViewThreadCalls } from './protocol';
import { noteOf, type ThreadLine } from './thread-line';

interface HostedGroupsParts {
  readonly follower: SqliteEventFollower;
  readonly main: ThreadLine<MainThreadCalls, ViewThreadCalls>;
  readonly database: (service: ServiceName) => Kysely<never>;
  readonly disturbSeed: number | undefined;
}

/** A thread writes one batch at a time: a second one would only wait in memory. */
const DELIVERY: DeliveryOptions = {
  ...DELIVERY_DEFAULTS,
  batchLanesMax: 1,
  batchSizeMax: VIEW_BATCH_MAX,
};

/** The groups of the bus that only write tables. Offsets and dead letters are the main thread's. */
export class HostedGroups {
  private readonly running = new Map<string, EmbeddedGroup>();

  constructor(private readonly parts: HostedGroupsParts) {}

  async start(name: string, offset: Position): Promise<void> {
    const { service, view } = messageViewOf(name);
    const db = this.parts.database(service);
    await view.create(db);
    const group = this.open(view, db, offset);
    this.running.set(name, group);
    await group.start();
    this.tellMoved(group);
  }

  async stop(name: string): Promise<void> {
    await this.running.get(name)?.close();
    this.running.delete(name);
  }

  hurry(name: string): void {
    this.running.get(name)?.hurry();
  }

  takeAgain({ group, bytes, found }: Carried): Promise<CarriedFailure | undefined> {
    const running = this.running.get(group);
    assertInvariant(running !== undefined, `${group} does not run in the view thread`);
    return new Promise((resolve) => {
      const origin = {
        handled: () => resolve(undefined),
        failed: (_: Delivery, failure: Failure) => resolve(carried(failure)),
      };
      void running.consumer.accept([Delivery.ofWire(bytes, found, { origin })]);
    });
  }

  async close(): Promise<void> {
    for (const name of this.running.keys()) await this.stop(name);
  }

  private open(view: MessageView, db: Kysely<never>, offset: Position): EmbeddedGroup {
    const { follower, main, disturbSeed } = this.parts;
    const consumer: Consumer = {
      ...{ group: view.group, contracts: view.contracts, mode: 'batch' },
      handle: (messages) => view.record(db, messages),
    };
    const group: EmbeddedGroup = new EmbeddedGroup(view.group, [consumer], {
      ...{ store: follower, publishers: viewPublishers, offset, delivery: DELIVERY },
      ...(disturbSeed !== undefined && { disturbance: disturbanceOf(disturbSeed) }),
      checkData: disturbSeed !== undefined,
      hooks: {
        onProblem: ({ error, ...problem }) =>
          main.tell('groupProblem', { ...problem, error: noteOf(error) }),
        onDefect: endProcess,
      },
      keepDeadLetter: (delivery, failure) =>
        main.ask('keepDeadLetter', {
          ...{ group: view.group, bytes: delivery.bytes(), found: foundOf(delivery) },
          failure: carried(failure),
        }),
      onMoved: () => this.tellMoved(group),
    });
    return group;
  }

  private tellMoved(group: EmbeddedGroup): void {
    this.parts.main.tell('groupMoved', { offset: group.offset, status: group.status() });
  }
}

function messageViewOf(group: string): { service: ServiceName; view: MessageView } {
  for (const { flow, messageViews } of allViews) {
    const view = messageViews.find((one) => one.group === group);
    if (view !== undefined) return { service: flow.service, view };
  }
  throw new RangeError(`no group ${group} runs in the view thread`);
}

/** Its place alone: the rest is in its bytes. */
export function foundOf({ found: { topic, position }, key }: Delivery): Carried['found'] {
  return { topic, position, key };
}

function carried({ error, attempts }: Failure): CarriedFailure {
  return { error: noteOf(error), attempts };
}

import type { EventFeed, Position } from '@fidelis/event-store';
import {
  type Consumer,
  type Delivery,
  type GroupStatus,
  PublisherRoutes,
} from '@fidelis/messaging';
import type { BusGroup, HostedGroupOptions } from '@fidelis/messaging-sqlite';
import { viewPublishers } from './all-views';
import { foundOf } from './hosted-groups';
import type { Carried, CarriedFailure, GroupMoved } from './protocol';
import { errorOf } from './thread-line';
import type { ViewLine } from './view-line';

/** A group of the view thread, as the bus of the main thread sees it. */
export class RemoteGroup implements BusGroup {
  private readonly categories: readonly string[];
  private known: GroupMoved;
  private hurriedTo: Position | undefined;

  constructor(
    readonly group: string,
    consumers: readonly Consumer[],
    private readonly parts: HostedGroupOptions & {
      readonly line: ViewLine;
      readonly store: EventFeed;
    },
  ) {
    const contracts = consumers.flatMap((consumer) => consumer.contracts);
    this.categories = new PublisherRoutes(viewPublishers, contracts).categories;
    const { offset } = parts;
    const status = { group, position: String(offset), inFlight: 0, keysRetrying: 0, handled: 0 };
    this.known = { offset, status };
  }

  get offset(): Position {
    return this.known.offset;
  }

  readonly consumer = {
    accept: async (deliveries: readonly Delivery[]): Promise<void> => {
      for (const delivery of deliveries) await this.takeAgain(delivery);
    },
  };

  status(): GroupStatus {
    return this.known.status;
  }

  moved(moved: GroupMoved): void {
    this.known = moved;
  }

  start(): Promise<void> {
    const { line, offset } = this.parts;
    return line.ask('startGroup', { name: this.group, offset });
  }

  async reached(head: Position | undefined): Promise<boolean> {
    const { line, store } = this.parts;
    const newest = await store.headOf(this.categories);
    if (this.offset >= Math.min(newest, head ?? newest)) return true;
    // Who waits asks again and again; one word is enough.
    if (newest !== this.hurriedTo) line.hurry('hurryGroup', this.group);
    this.hurriedTo = newest;
    return false;
  }

  close(): Promise<void> {
    return this.parts.line.ask('stopGroup', this.group);
  }

  problem(problem: Parameters<HostedGroupOptions['onProblem']>[0]): void {
    this.parts.onProblem(problem);
  }

  keepDeadLetter(delivery: Delivery, { error, attempts }: CarriedFailure): Promise<void> {
    return this.parts.keepDeadLetter(delivery, { error: errorOf(error), attempts });
  }

  private async takeAgain(delivery: Delivery): Promise<void> {
    const letter: Carried = {
      ...{ group: this.group, bytes: delivery.bytes(), found: foundOf(delivery) },
    };
    const failure = await this.parts.line.ask('takeAgain', letter);
    if (failure === undefined) delivery.origin.handled(delivery);
    else {
      const { error, attempts } = failure;
      await delivery.origin.failed(delivery, { error: errorOf(error), attempts });
    }
  }
}

import type { Position } from '@fidelis/event-store';
import type {
  BusProblem,
  Consumer,
  Delivery,
  Failure,
  GroupConsumer,
  GroupStatus,
} from '@fidelis/messaging';

/** One group of the bus, in this thread or in another one. */
export interface BusGroup {
  readonly group: string;
  /** Takes a dead letter again. */
  readonly consumer: Pick<GroupConsumer, 'accept'>;
  /** Everything up to here is done. */
  readonly offset: Position;
  status(): GroupStatus;
  start(): Promise<void>;
  reached(head: Position | undefined): Promise<boolean>;
  close(): Promise<void>;
}

export interface HostedGroupOptions {
  /** Resume after. */
  readonly offset: Position;
  readonly keepDeadLetter: (delivery: Delivery, failure: Failure) => Promise<void>;
  readonly onProblem: (problem: BusProblem) => void;
}

/** Another thread that runs groups. The bus keeps their offsets and dead letters all the same. */
export interface GroupHost {
  readonly groups: ReadonlySet<string>;
  group(name: string, consumers: readonly Consumer[], options: HostedGroupOptions): BusGroup;
}

import { assertInvariant, systemClock, type Clock } from '@fidelis/kernel';
import type { EventStore, Position } from '@fidelis/event-store';
import {
  byGroup,
  DeadLetterOffice,
  DELIVERY_DEFAULTS,
  endProcess,
  type BusProblem,
  type Consumer,
  type DeadLetters,
  type DeliveryOptions,
  type Disturbance,
  type GroupStatus,
  type MessageBus,
  type PayloadCipher,
  type Publisher,
} from '@fidelis/messaging';
import { BusFile } from './bus-file';
import type { BusGroup, GroupHost, HostedGroupOptions } from './bus-group';
import { EmbeddedGroup } from './embedded-group';

export interface EmbeddedBusOptions {
  readonly store: EventStore;
  /** Of all services in this process. */
  readonly publishers: readonly Publisher[];
  /** `bus.db` in the data folder. */
  readonly file: string;
  /** For the bytes of dead letters. */
  readonly cipher: PayloadCipher;
  readonly clock?: Clock;
  readonly delivery?: Partial<DeliveryOptions>;
  /** Other bounds for one group. */
  readonly deliveryOf?: (group: string) => Partial<DeliveryOptions>;
  /** How often offsets are written: a crash redelivers what was handled since. */
  readonly offsetsEveryMs?: number;
  readonly onProblem?: (problem: BusProblem) => void;
  /** Default: ends the process. */
  readonly onDefect?: (error: unknown) => void;
  /** For tests of idempotence. */
  readonly disturbance?: Disturbance;
  /** Runs some of the groups in its thread. */
  readonly host?: GroupHost | undefined;
  /** For tests: messages that a wire would change are a defect, and their data is frozen. */
  readonly checkData?: boolean;
}

const OFFSETS_EVERY_MS = 500;

/** The bus of one process: a view of the event store's feed, with offsets and dead letters. */
export class EmbeddedBus implements MessageBus {
  readonly deadLetters: DeadLetters;
  private readonly file: BusFile;
  private readonly office: DeadLetterOffice;
  private readonly running = new Map<string, BusGroup>();
  private readonly written = new Map<string, Position>();
  private timer: NodeJS.Timeout | undefined;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: EmbeddedBusOptions) {
    this.file = new BusFile(options.file);
    this.office = new DeadLetterOffice({
      store: this.file.deadLetters,
      clock: options.clock ?? systemClock,
      cipher: options.cipher,
      consumerOf: (group) => this.running.get(group)?.consumer,
    });
    this.deadLetters = this.office;
  }

  get groups(): readonly string[] {
    return [...this.running.keys()];
  }

  async start(consumers: readonly Consumer[]): Promise<void> {
    assertInvariant(this.timer === undefined, 'the bus was started already');
    for (const [group, ofGroup] of byGroup(consumers)) {
      this.running.set(group, this.open(group, ofGroup));
    }
    for (const group of this.running.values()) await group.start();
    const every = this.options.offsetsEveryMs ?? OFFSETS_EVERY_MS;
    this.timer = setInterval(() => this.saveOffsets(), every).unref();
  }

  async reachedHead(group: string, head?: Position): Promise<boolean> {
    const running = this.running.get(group);
    assertInvariant(running !== undefined, `${group} does not run here`);
    return running.reached(head);
  }

  status(): readonly GroupStatus[] {
    return [...this.running.values()].map((group) => group.status());
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.running.values()].map((group) => group.close()));
    this.saveOffsets();
    this.file.close();
  }

  private open(group: string, consumers: readonly Consumer[]): BusGroup {
    const { store, publishers, delivery, deliveryOf, disturbance, host } = this.options;
    const offset = this.file.offsetOf(group);
    const onProblem = (problem: BusProblem) => this.options.onProblem?.(problem);
    const keepDeadLetter: HostedGroupOptions['keepDeadLetter'] = (letter, failure) =>
      this.office.keep(group, letter, failure);
    if (host?.groups.has(group) === true) {
      return host.group(group, consumers, { offset, keepDeadLetter, onProblem });
    }
    return new EmbeddedGroup(group, consumers, {
      ...{ store, publishers, disturbance, checkData: this.options.checkData ?? false },
      ...{ offset, keepDeadLetter },
      delivery: { ...DELIVERY_DEFAULTS, ...delivery, ...deliveryOf?.(group) },
      hooks: { onProblem, onDefect: this.options.onDefect ?? endProcess },
    });
  }

  private saveOffsets(): void {
    const moved = new Map<string, Position>();
    for (const { group, offset } of this.running.values()) {
      if (this.written.get(group) !== offset) moved.set(group, offset);
    }
    try {
      this.file.saveOffsets(moved);
    } catch (error) {
      // Costs only a redelivery; the next turn tries again.
      this.options.onProblem?.({ kind: 'offsets-not-kept', group: '*', error });
      return;
    }
    for (const [group, offset] of moved) this.written.set(group, offset);
  }
}

/** Lets groups of a bus that is closed begin anew: their views are to be built again. */
export function forgetOffsets(file: string, groups: readonly string[]): void {
  const busFile = new BusFile(file);
  busFile.forgetOffsets(groups);
  busFile.close();
}

import type { Kysely } from 'kysely';
import type { EventStore } from '@fidelis/event-store';
import { AlwaysHeld, type Leases } from '@fidelis/leases';
import { aesCipher, type BusProblem, type Consumer, type Publisher } from '@fidelis/messaging';
import type { BusTables } from './bus-tables';
import { KafkaBus } from './kafka-bus';
import type { KafkaBusOptions } from './kafka-bus-options';

const CIPHER = aesCipher(new Uint8Array(32).fill(7));

/** What the replicas of a test share. */
export interface Site {
  readonly url: string;
  readonly store: EventStore;
  readonly database: Kysely<BusTables>;
}

export interface ReplicaOptions extends Partial<
  Pick<KafkaBusOptions, 'delivery' | 'timing' | 'disturbance'>
> {
  readonly publishers?: readonly Publisher[];
  readonly consumers?: readonly Consumer[];
  readonly leases?: Leases;
}

/** One process's bus in a test, and what it said. */
export class Replica {
  readonly problems: BusProblem[] = [];
  readonly defects: unknown[] = [];
  readonly bus: KafkaBus;

  constructor(
    site: Site,
    private readonly options: ReplicaOptions = {},
  ) {
    const { publishers = [], leases = new AlwaysHeld(), delivery, timing } = options;
    this.bus = new KafkaBus({
      ...{ ...site, publishers, leases, clientId: 'replica', cipher: CIPHER },
      delivery: { backOffFirstMs: 5, backOffMaxMs: 20, closeWaitMs: 500, ...delivery },
      timing: {
        ...{ commitEveryMs: 20, pollMs: 50, heartbeatEveryMs: 200, retriesEveryMs: 50 },
        ...timing,
      },
      onProblem: (problem) => this.problems.push(problem),
      onDefect: (error) => this.defects.push(error),
    });
  }

  async start(): Promise<this> {
    await this.bus.start(this.options.consumers ?? []);
    return this;
  }
}

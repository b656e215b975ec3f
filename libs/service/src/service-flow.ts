import type { CallContract, MessageContract, ServiceName } from '@fidelis/contracts';
import type { Publisher } from '@fidelis/messaging';

/**
 * A service's table of contents, in the order in which a command walks through it. The host reads
 * `publishes`; the runtime checks that every call of `answers` has its handler; `docs/FLOW.md` is
 * generated from all of it.
 */
export interface ServiceFlow {
  readonly service: ServiceName;
  /** One sentence. */
  readonly purpose: string;
  readonly consumes: readonly Consumed[];
  readonly answers: readonly CallContract<unknown, unknown>[];
  readonly calls: readonly CallContract<unknown, unknown>[];
  readonly decides: readonly Decided[];
  readonly projects: readonly Described[];
  readonly processes: readonly Described[];
  readonly publishes: readonly Published[];
}

export interface Consumed {
  readonly contract: MessageContract<unknown>;
  readonly group: string;
  readonly handler: string;
}

/** An aggregate: its stream category, the commands that it decides, the events that it stores. */
export interface Decided {
  readonly aggregate: string;
  readonly category: string;
  readonly commands: readonly string[];
  readonly events: readonly string[];
}

export interface Described {
  readonly name: string;
  readonly categories: readonly string[];
  /** What for, in a few words. */
  readonly purpose: string;
}

export interface Published {
  readonly publisher: Publisher;
  readonly contracts: readonly MessageContract<unknown>[];
}

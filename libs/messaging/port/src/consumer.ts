import type { MessageContract } from '@fidelis/contracts';
import { ContractError } from '@fidelis/kernel';
import type { ReceivedMessage } from './message';

/** What a consumer says about itself: the `@Consumes` decorators carry it. */
export interface ConsumerDefinition {
  /** `<service>.<purpose>`: one position in each topic, one order per key over all its contracts. */
  readonly group: string;
  readonly contracts: readonly MessageContract<unknown>[];
  /** `each`: one message a call. `batch`: as many as wait, in the topics' order per key. */
  readonly mode: 'each' | 'batch';
  /** Messages whose data it refuses are passed over: there are many, and few matter to it. */
  readonly where?: (data: never) => boolean;
  /** On a busy feed in this process its messages are gathered so long: nobody waits for them. */
  readonly lingerMs?: number;
  /** Checks a message's data; throws `ContractError`. For topics that others write. */
  readonly parse?: (data: unknown) => unknown;
  /** Takes its contracts' topics whole, whatever type their messages say: nothing is passed over. */
  readonly everyType?: boolean;
}

/** A business "no" that stays one: the dead letter's reason begins with the code. */
export class MessageRefused extends ContractError {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'MessageRefused';
  }
}

/**
 * Thrown by a batch handler that knows which messages failed: every other one is done and does not
 * come again, but for those that follow a failed one of their key.
 */
export class PartOfBatchFailed extends Error {
  constructor(readonly failures: ReadonlyMap<ReceivedMessage, unknown>) {
    super(`${failures.size} messages of the batch failed`);
    this.name = 'PartOfBatchFailed';
  }
}

/** A batch handler may resolve with it: calls had done already all that the messages say. */
export const REPEATED = 'repeated';

/**
 * A definition with the code behind it. `handle` resolves when the effect is durable. It gets one
 * message in mode `each`. It must be idempotent: after a crash or a failed batch the same messages
 * come again.
 */
export interface Consumer extends ConsumerDefinition {
  readonly handle: (messages: readonly ReceivedMessage[]) => Promise<unknown>;
}

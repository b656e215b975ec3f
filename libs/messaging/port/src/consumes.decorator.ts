import { UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { MessageContract } from '@fidelis/contracts';
import type { ConsumerDefinition } from './consumer';
import type { DataOf, MessageContext, ReceivedMessage } from './message';
import { PassErrorsOn } from './nest/pass-errors-on';

/** Key of the extras of Nest's `@EventPattern` under which the definition lies. */
export const CONSUMER = 'fidelisConsumer';

export interface ConsumesOptions<Data = unknown> {
  /** `<service>.<purpose>`. Handlers of one group share one position and one order per key. */
  readonly group: string;
  /** The method never sees messages whose data this refuses: for the few that matter of many. */
  readonly where?: (data: Data) => boolean;
  /**
   * On a busy feed in this process messages are gathered so long, in milliseconds: for handlers that
   * nobody waits for, because a call has usually done already what they repeat. Default: 0, and
   * `batchLingerMs` for batches.
   */
  readonly lingerMs?: number;
  /** Checks a message's data; throws `ContractError`. For topics that others write. */
  readonly parse?: (data: unknown) => unknown;
  /** Takes the topic whole, whatever type its messages say. For topics that others write. */
  readonly everyType?: boolean;
}

type Handler<Args extends readonly unknown[], Result> = (...args: Args) => Promise<Result>;
type MethodOf<Args extends readonly unknown[], Result = void> = <H extends Handler<Args, Result>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<H>,
) => void;

/**
 * The method handles one message a call: `(data, context)`. It resolves when the effect is durable
 * and is idempotent by `context.id`. What it throws decides: `OperationalError` is retried with
 * back-off, `ContractError` makes a dead letter at once, `Defect` ends the process; anything else
 * is tried a few times, then a dead letter.
 */
export function Consumes<Data>(
  contract: MessageContract<Data>,
  options: ConsumesOptions<Data>,
): MethodOf<[data: Data, context: MessageContext]> {
  return consumes({ ...options, contracts: [contract], mode: 'each' });
}

/**
 * The method handles many messages a call: `(messages)`, of all these contracts in one order per
 * key. Messages that were waiting together come together. When it throws, each key's messages come
 * again alone, one by one, so that one bad message stops only its own key. `PartOfBatchFailed` spares
 * the others that. It resolves with `REPEATED` when there was nothing to do.
 */
export function ConsumesBatch<const Contracts extends readonly MessageContract<unknown>[]>(
  contracts: Contracts,
  options: ConsumesOptions<DataOf<Contracts[number]>>,
): MethodOf<[messages: readonly ReceivedMessage<DataOf<Contracts[number]>>[]], unknown> {
  return consumes({ ...options, contracts, mode: 'batch' });
}

function consumes(definition: ConsumerDefinition) {
  const patterns = definition.contracts.map((contract) => contract.type);
  return <H>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    // Nest passes a second argument only to methods whose parameters are declared.
    Payload()(target, key, 0);
    if (definition.mode === 'each') Ctx()(target, key, 1);
    EventPattern(patterns, { [CONSUMER]: definition })(target, key, descriptor);
    UseFilters(new PassErrorsOn())(target, key, descriptor);
  };
}

import { ContractError } from '@fidelis/kernel';
import type { Consumer } from '../consumer';
import { decodeMessage, toBytes, type Found, type InboundMessage } from '../wire';

/** Who gave a delivery and wants to know how it ended. One object for many deliveries. */
export interface DeliveryOrigin {
  /** Its effect is durable. */
  handled(delivery: Delivery): void;
  /**
   * It will not be tried again. Resolves when the dead letter is durable; when it rejects, it is
   * called again after a back-off: a message is never dropped.
   */
  failed(delivery: Delivery, failure: Failure): Promise<void> | void;
}

export interface Failure {
  readonly error: unknown;
  readonly attempts: number;
}

/** One message on its way to a group: read, or with the reason why it cannot be read. */
export class Delivery {
  readonly message: InboundMessage | undefined;
  readonly key: string;
  readonly origin: DeliveryOrigin;
  /** The origin's own mark, as `DonePrefix.add` gave it. */
  readonly ticket: number;
  /** Set: a dead letter without an attempt. */
  unreadable: unknown;
  /** Set by the group when it takes the message. */
  consumer: Consumer | undefined;

  constructor(
    readonly wire: string | Uint8Array,
    readonly found: Found,
    from: { readonly origin: DeliveryOrigin; readonly ticket?: number },
  ) {
    this.origin = from.origin;
    this.ticket = from.ticket ?? 0;
    const read = readMessage(wire, found);
    this.message = 'message' in read ? read.message : undefined;
    this.unreadable = 'unreadable' in read ? read.unreadable : undefined;
    this.key = this.message?.key ?? found.key ?? '';
  }

  bytes(): Uint8Array {
    return toBytes(this.wire);
  }
}

function readMessage(
  wire: string | Uint8Array,
  found: Found,
): { message: InboundMessage } | { unreadable: ContractError } {
  try {
    return { message: decodeMessage(wire, found) };
  } catch (error) {
    if (error instanceof ContractError) return { unreadable: error };
    throw error;
  }
}

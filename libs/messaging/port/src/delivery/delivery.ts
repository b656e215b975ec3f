import { ContractError } from '@fidelis/kernel';
import type { Consumer } from '../consumer';
import type { Message } from '../message';
import { decodeMessage, toBytes, unwiredMessage, type Found, type InboundMessage } from '../wire';

/** Who gave a delivery and wants to know how it ended. One object for many deliveries. */
export interface DeliveryOrigin {
  /**
   * Set: the messages are another replica's now. Those that wait are dropped, without an outcome;
   * a handler that has begun goes on.
   */
  readonly gone?: boolean;
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

export interface DeliveryReceipt {
  readonly origin: DeliveryOrigin;
  /** The origin's own mark, as `DonePrefix.add` gave it. */
  readonly ticket?: number;
}

/** One message on its way to a group: read, or with the reason why it cannot be read. */
export class Delivery {
  readonly key: string;
  readonly origin: DeliveryOrigin;
  readonly ticket: number;
  /** Set: a dead letter without an attempt. */
  unreadable: unknown;
  /** Set by the group when it takes the message. */
  consumer: Consumer | undefined;

  private constructor(
    readonly message: InboundMessage | undefined,
    readonly found: Found,
    receipt: DeliveryReceipt,
  ) {
    this.key = message?.key ?? found.key ?? '';
    this.origin = receipt.origin;
    this.ticket = receipt.ticket ?? 0;
  }

  /** From a topic. */
  static ofWire(wire: string | Uint8Array, found: Found, receipt: DeliveryReceipt): Delivery {
    try {
      return new Delivery(decodeMessage(wire, found), found, receipt);
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      const delivery = new Delivery(undefined, found, receipt);
      delivery.unreadable = error;
      delivery.bytes = () => toBytes(wire);
      return delivery;
    }
  }

  /** From a publisher in the same process. */
  static ofMessage(message: Message, position: string, receipt: DeliveryReceipt): Delivery {
    const inbound = unwiredMessage(message, position);
    // A message says itself where it was found.
    return new Delivery(inbound, inbound, receipt);
  }

  /** As it came, or would have come, over the wire. */
  bytes(): Uint8Array {
    return this.message?.bytes() ?? new Uint8Array();
  }
}

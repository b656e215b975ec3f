import type { MessageContract } from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';

/** A public message before it is put on its topic: a CloudEvent, keyed and ordered per key. */
export interface Message<Data = unknown> {
  /** Unique within `source`; the same for every publication of the same stored event. */
  readonly id: string;
  readonly type: string;
  /** Who says it: `/<service>/<topic>`. */
  readonly source: string;
  /** When the system recorded what it tells. */
  readonly time: Instant;
  readonly topic: string;
  /** Aggregate id; messages of one key come in order. Never personal data. */
  readonly key: string;
  /** The stream that it comes from, and the revision there: lower ones are older news. */
  readonly aggregate: string;
  readonly revision: number;
  /** W3C trace context. */
  readonly traceparent?: string;
  readonly data: Data;
}

/** All of a received message but its data: what a handler of single messages gets beside them. */
export interface MessageContext extends Omit<Message, 'data'> {
  /** Where the topic has it. Opaque: for logs and dead letters. */
  readonly position: string;
  /** 1 at the first delivery by this process. */
  readonly attempt: number;
  /** The message as it came over the wire. */
  bytes(): Uint8Array;
}

export interface ReceivedMessage<Data = unknown> extends MessageContext {
  readonly data: Data;
}

/** The data type that a contract carries. */
export type DataOf<Contract> = Contract extends MessageContract<infer Data> ? Data : never;

/** Tells which of a group's contracts a message is of, for the compiler too. */
export function isMessageOf<Data>(
  contract: MessageContract<Data>,
  message: ReceivedMessage,
): message is ReceivedMessage<Data> {
  return message.type === contract.type;
}

/**
 * One public message type on a topic. Named `<service>.<kebab-past>.v<N>`; a topic is keyed by
 * aggregate id and ordered per key. Stored as CloudEvents on the wire.
 */
export interface MessageContract<Data> {
  readonly type: string;
  readonly topic: string;
  /** Type carrier only; never set. */
  readonly dataType?: Data;
}

export function defineMessage<Data>(type: string, topic: string): MessageContract<Data> {
  return { type, topic };
}

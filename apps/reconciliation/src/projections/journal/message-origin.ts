import type { ReceivedMessage } from '@fidelis/messaging';

/** The stored event behind a message: its id is `<event id>:<index among the event's messages>`. */
export function eventOf({ id }: ReceivedMessage): {
  readonly eventId: string;
  readonly index: number;
} {
  const colon = id.lastIndexOf(':');
  const index = Number(id.slice(colon + 1));
  if (colon < 0 || !Number.isSafeInteger(index)) return { eventId: id, index: 0 };
  return { eventId: id.slice(0, colon), index };
}

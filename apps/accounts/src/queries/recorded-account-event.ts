import { idOf, type RecordedEvent } from '@fidelis/event-store';
import type { Recorded } from '@fidelis/aggregates';
import type { AccountEvent, RecordedAccountEvent } from '../domain/account';

/** An event of an account's stream as the statement reads it. */
export function toRecordedAccountEvent(
  event: RecordedEvent | Recorded<AccountEvent>,
): RecordedAccountEvent {
  const { recordedAt, actor } = event.metadata;
  return {
    event: event as unknown as AccountEvent,
    accountId: idOf(event.stream),
    revision: event.revision,
    recordedAt,
    ...(actor !== undefined && { actor }),
  };
}

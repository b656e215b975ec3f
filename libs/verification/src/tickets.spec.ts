import type { RecordedEvent } from '@fidelis/event-store';
import type { JsonObject } from '@fidelis/kernel';
import { verifyStore, type ReadableStore } from './verify-store';

interface Given {
  readonly stream: string;
  readonly type: string;
  readonly data: JsonObject;
  /** `HH:MM` of the day. */
  readonly time?: string;
}

/** A store of these events, in their order; positions with gaps, as some stores have them. */
function storeOf(...given: readonly Given[]): ReadableStore {
  const revisions = new Map<string, number>();
  const events = given.map(({ stream, type, data, time = '10:00' }, index): RecordedEvent => {
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    const recordedAt = `2026-11-22T${time}:00.000Z`;
    return {
      ...{ stream, category: stream.replace(/-.*/, ''), revision, position: 7 * index },
      ...{ id: `event-${index}`, type, data },
      metadata: { recordedAt, operationId: `operation-${index}` },
    };
  });
  return {
    readAll: ({ after }) => Promise.resolve(events.filter(({ position }) => position > after)),
    readStream: (stream) => Promise.resolve(events.filter((event) => event.stream === stream)),
  };
}

const recorded = (ticket: string, accountIds: readonly string[], time?: string): Given => ({
  stream: `transaction-${ticket}`,
  type: 'TransactionRecorded',
  data: { ticket, memberships: accountIds.map((accountId) => ({ accountId })) },
  ...(time !== undefined && { time }),
});
const awarded = (accountId: string, ticket: string, time?: string): Given => ({
  stream: `membership-${accountId}`,
  type: 'TicketAwarded',
  data: { ticket },
  ...(time !== undefined && { time }),
});

describe('recorded tickets, to the offline verifier', () => {
  it('are sound when each membership that they name has its award', async () => {
    const store = storeOf(
      recorded('pos:1', ['ann', 'bob-2']),
      awarded('ann', 'pos:1'),
      recorded('pos:2', []),
      awarded('bob-2', 'pos:1', '23:00'),
    );
    expect(await verifyStore(store)).toMatchObject({ ok: true, awardsUnderWay: 0, findings: [] });
  });

  it('lack an award when the store goes on for more than an hour without it', async () => {
    const store = storeOf(
      recorded('pos:1', ['ann', 'bob']),
      awarded('bob', 'pos:1'),
      awarded('ann', 'pos:other', '11:01'),
    );
    expect(await verifyStore(store)).toMatchObject({
      ok: false,
      awardsUnderWay: 0,
      findings: [
        {
          ...{ code: 'award-missing', stream: 'transaction-pos:1', revision: 0 },
          ...{ eventId: 'event-0', detail: 'membership ann never awarded pos:1' },
        },
      ],
    });
  });

  it('may be on their way where the store ends soon after them', async () => {
    const store = storeOf(
      recorded('pos:1', ['ann']),
      awarded('ann', 'pos:1', '10:30'),
      recorded('pos:2', ['ann', 'bob'], '10:59'),
      recorded('pos:3', [], '11:59'),
    );
    expect(await verifyStore(store)).toMatchObject({ ok: true, awardsUnderWay: 2, findings: [] });
  });
});

import { defineMessage } from '@fidelis/contracts';
import type { RecordedEvent } from '@fidelis/event-store';
import { Defect } from '@fidelis/kernel';
import { definePublisher, outgoing, publicMessages } from './publisher';
import { PublisherRoutes } from './publisher-routes';

const PARCELS = 'loyalty.post.parcel.events.v1';
const ParcelSentV1 = defineMessage<{ weight: number }>('post.parcel-sent.v1', PARCELS);
const PostagePaidV1 = defineMessage<{ minor: number }>('post.postage-paid.v1', PARCELS);
const ElsewhereV1 = defineMessage<object>('post.elsewhere.v1', 'loyalty.post.other.v1');

const publisher = definePublisher({
  service: 'post',
  categories: ['parcel'],
  topic: PARCELS,
  toMessages: ({ type }) => {
    if (type === 'ParcelSent') {
      return [
        outgoing(ParcelSentV1, { key: 'p1', data: { weight: 2 } }),
        outgoing(PostagePaidV1, { key: 'p1', data: { minor: 499 }, id: 'receipt-9' }),
      ];
    }
    return type === 'ParcelMoved' ? [outgoing(ElsewhereV1, { key: 'p1', data: {} })] : [];
  },
});

function event(type: string, category = 'parcel'): RecordedEvent {
  const metadata = { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'o' };
  return {
    ...{ id: 'e-1', type, data: {}, metadata: { ...metadata, traceparent: '00-1-2-01' } },
    ...{ stream: `${category}-p1`, category, revision: 4, position: 77 },
  };
}

describe('a publisher', () => {
  it('makes the messages of an event, with ids that come from the event', () => {
    expect(publicMessages(publisher, event('ParcelSent'))).toEqual([
      {
        id: 'e-1:0',
        type: 'post.parcel-sent.v1',
        source: '/post/loyalty.post.parcel.events.v1',
        time: '2026-11-22T10:00:00.000Z',
        topic: PARCELS,
        key: 'p1',
        aggregate: 'parcel-p1',
        revision: 4,
        traceparent: '00-1-2-01',
        data: { weight: 2 },
      },
      expect.objectContaining({ id: 'receipt-9', type: 'post.postage-paid.v1' }),
    ]);
  });

  it('says nothing of a trace where there is none', () => {
    const { metadata, ...rest } = event('ParcelSent');
    const { recordedAt, operationId } = metadata;
    const untraced = { ...rest, metadata: { recordedAt, operationId } };
    const [message] = publicMessages(publisher, untraced);
    expect(Object.keys(message ?? {})).not.toContain('traceparent');
  });

  it('gives the same id whichever types a group asks for', () => {
    const types = new Set([PostagePaidV1.type]);
    expect(publicMessages(publisher, event('ParcelSent'), types)).toHaveLength(1);
    expect(publicMessages(publisher, event('ParcelSent'), new Set(['other']))).toEqual([]);
  });

  it('may not put a contract on another topic', () => {
    expect(() => publicMessages(publisher, event('ParcelMoved'))).toThrow(Defect);
  });
});

describe('the routes from publishers to a group', () => {
  const other = { ...publisher, topic: 'loyalty.post.other.v1', categories: ['depot'] };

  it('read only the categories of the topics that the group follows', () => {
    const routes = new PublisherRoutes([publisher, other], [PostagePaidV1]);
    expect(routes.categories).toEqual(['parcel']);
    expect(routes.messagesOf(event('ParcelSent')).map(({ id }) => id)).toEqual(['receipt-9']);
    expect(routes.messagesOf(event('ParcelSent', 'depot'))).toEqual([]);
  });

  it('refuse two publishers of one category on one topic: ids would meet', () => {
    expect(() => new PublisherRoutes([publisher, publisher], [ParcelSentV1])).toThrow(
      'parcel is published on loyalty.post.parcel.events.v1 twice',
    );
  });
});

import { ContractError, Defect } from '@fidelis/kernel';
import type { Message } from './message';
import { assertPlain, decodeMessage, encodeMessage, unwiredMessage } from './wire';

const parcelSent: Message = {
  id: '7:0',
  type: 'post.parcel-sent.v1',
  source: '/post/loyalty.post.parcel.events.v1',
  time: '2026-11-22T10:00:00.000Z',
  topic: 'loyalty.post.parcel.events.v1',
  key: 'p1',
  aggregate: 'parcel-p1',
  revision: 3,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: { parcelId: 'p1', note: 'für Zoë' },
};
const found = { topic: parcelSent.topic, position: '12' };
const minimal = '{"specversion":"1.0","id":"1","type":"t","source":"/pos","data":{}}';

describe('a message on the wire', () => {
  it('comes back as it was sent', () => {
    const message = decodeMessage(encodeMessage(parcelSent), found);
    expect(message).toMatchObject({ ...parcelSent, position: '12', attempt: 1 });
  });

  it('keeps the bytes that came, UTF-8', () => {
    const bytes = Buffer.from(encodeMessage(parcelSent), 'utf8');
    const message = decodeMessage(bytes, found);
    expect(Buffer.from(message.bytes()).equals(bytes)).toBe(true);
    expect(message.data).toEqual({ parcelId: 'p1', note: 'für Zoë' });
  });

  it('is the same without a wire', () => {
    const copy = unwiredMessage(parcelSent, '12');
    const sent = decodeMessage(encodeMessage(parcelSent), found);
    expect(Object.entries(copy)).toEqual(Object.entries(sent));
    expect(Buffer.from(copy.bytes()).equals(Buffer.from(sent.bytes()))).toBe(true);
  });

  it('is plain JSON, and frozen in tests', () => {
    const data: Record<string, unknown> = { lines: [{ sku: 'A' }] };
    assertPlain({ ...parcelSent, data });
    expect([data, data['lines']].every(Object.isFrozen)).toBe(true);
    expect(() => assertPlain({ ...parcelSent, data: { note: undefined } })).toThrow(Defect);
  });

  it('of another system may leave out all but the four required fields and its key', () => {
    const message = decodeMessage(minimal, { ...found, key: 'till-4' });
    expect([message.key, message.aggregate, message.revision]).toEqual(['till-4', 'till-4', 0]);
  });

  it('without a key is in order with nothing: its own id is its key', () => {
    expect(decodeMessage(minimal, found).key).toBe('1');
    expect(decodeMessage(minimal, { ...found, key: '' }).key).toBe('1');
  });

  it('that is no UTF-8 is refused: decoding would change it', () => {
    const bytes = Buffer.from(minimal.replace('"/pos"', '"/p\u00f6s"'), 'latin1');
    expect(() => decodeMessage(bytes, found)).toThrow('the message is not UTF-8');
  });

  it.each([
    ['bytes that are no JSON', '{"a":', 'the message is not JSON'],
    ['JSON that is no object', '[1]', 'the message is not a CloudEvent 1.0'],
    ['another version', minimal.replace('1.0', '0.3'), 'the message is not a CloudEvent 1.0'],
    ['no id', minimal.replace('"id":"1",', ''), 'the message is not a CloudEvent 1.0'],
    ['an empty type', minimal.replace('"t"', '""'), 'the message is not a CloudEvent 1.0'],
    ['no data', minimal.replace(',"data":{}', ''), 'the message is not a CloudEvent 1.0'],
    [
      'a key that is no text',
      minimal.replace('"data"', '"partitionkey":7,"data"'),
      'its key is not a text',
    ],
    [
      'a sequence that is no number',
      minimal.replace('"data"', '"partitionkey":"k","sequence":"x","data"'),
      '`sequence` is not an integer',
    ],
  ])('is refused with %s', (_, wire, reason) => {
    expect(() => decodeMessage(wire, found)).toThrow(ContractError);
    expect(() => decodeMessage(wire, found)).toThrow(reason);
  });
});

import { fromEventId, toEventId } from './positions';
import { toToldEvents, type ToldEvent } from './told-events';

const stream = [
  'retry: 1000\n\n',
  'event: a\ndata: {"n":1}\n\n',
  ': alive\n\n',
  'id: 7\nevent: b\ndata: {"name":"Zoë"}\n\n',
  'id: 9\nevent: a\ndata: {"n":3}\n\n',
  'event: a\ndata: {"n":4}\n\n',
].join('');

async function told(chunkBytes: number): Promise<readonly ToldEvent[]> {
  const bytes = Buffer.from(stream, 'utf8');
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const events: ToldEvent[] = [];
  for await (const event of toToldEvents(chunks())) events.push(event);
  return events;
}

describe("a service's event stream", () => {
  it.each([1, 3, 20, 1000])('comes in pieces of %d bytes, as whole events', async (bytes) => {
    expect(await told(bytes)).toEqual([
      {
        before: 'event: a\ndata: {"n":1}\n\n',
        last: 'event: b\ndata: {"name":"Zoë"}\n\n',
        position: 7,
      },
      { before: '', last: 'event: a\ndata: {"n":3}\n\n', position: 9 },
    ]);
  });
});

describe('the id of an event of the merged stream', () => {
  const services = ['accounts', 'reward-store'] as const;

  it('says how far a client has each service', () => {
    const id = toEventId(new Map([...services.map((name, n) => [name, n * 10] as const)]));
    expect(id).toBe('accounts:0,reward-store:10');
    expect([...(fromEventId(id, services) ?? [])]).toEqual([
      ['accounts', 0],
      ['reward-store', 10],
    ]);
  });

  it('of a time before a service was there lets its messages begin at the first', () => {
    expect(fromEventId('accounts:5,gone:7', services)?.get('reward-store')).toBe(-1);
  });

  it.each(['', 'accounts', 'accounts:1.5', 'accounts:-2', 'accounts:1,', 'x'.repeat(600)])(
    'is not "%s"',
    (wrong) => {
      expect(fromEventId(wrong, services)).toBeUndefined();
    },
  );
});

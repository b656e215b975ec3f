import { readAll, ticketOf } from '../../../test/reading';
import { NdjsonFormat } from './ndjson';

const read = (text: string, currency: string | undefined = 'EUR') =>
  readAll(new NdjsonFormat({ source: 'till.ndjson', currency, exponent: 2 }), text);

describe('an NDJSON file', () => {
  test('source and currency are added where they are absent', () => {
    const [only] = read('{"transactionId":"t-1","participant":{"externalId":"ann"},"total":5}');
    expect(only).toMatchObject({ transactionId: 't-1', customer: 'ann', orderKey: 'ann' });
    expect(ticketOf(only)).toEqual({
      source: 'till.ndjson',
      currency: 'EUR',
      transactionId: 't-1',
      participant: { externalId: 'ann' },
      total: 5,
    });
  });

  test('what the ticket says itself stands', () => {
    const [only] = read('{"transactionId":"t-1","source":"s","currency":"GBP"}');
    expect(ticketOf(only)).toEqual({ transactionId: 't-1', source: 's', currency: 'GBP' });
  });

  test('somebody named by our id is not registered, and keeps their order', () => {
    expect(read('{"transactionId":"t-1","participant":{"id":"p-1"}}')).toMatchObject([
      { customer: undefined, orderKey: 'p-1' },
    ]);
  });

  test.each(['{', '[]', '7', 'null', 'ticket'])('%s is refused', (text) => {
    expect(read(text)).toMatchObject([
      { kind: 'unreadable', reason: 'malformed_line', origin: { lines: [1], text } },
    ]);
  });
});

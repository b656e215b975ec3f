import { readAll, ticketOf } from '../../../test/reading';
import { CdnowFormat } from './cdnow';
import { WrongFormat } from './ticket-format';

const HEADER = 'customer,date,quantity,amount';
const read = (...lines: readonly string[]) =>
  readAll(
    new CdnowFormat({ source: 'shop', currency: 'EUR', exponent: 2 }),
    [HEADER, ...lines].join('\n'),
  );

describe('a CDNOW file', () => {
  test('each line is a ticket with the id of its line', () => {
    const [first] = read('00001,2021-01-01,2,11.77');
    expect(first).toMatchObject({
      transactionId: 'cdnow-2',
      customer: '00001',
      origin: { lines: [2], text: '00001,2021-01-01,2,11.77' },
    });
    expect(ticketOf(first)).toEqual({
      transactionId: 'cdnow-2',
      source: 'shop',
      currency: 'EUR',
      participant: { externalId: '00001' },
      occurredAt: '2021-01-01T12:00:00.000Z',
      total: 1177,
      lines: [{ lineId: '1', quantity: 2, amount: 1177 }],
    });
  });

  test('two equal lines are two purchases', () => {
    const ids = read('7,2021-01-02,1,5.00', '7,2021-01-02,1,5.00').map((one) => one.transactionId);
    expect(ids).toEqual(['cdnow-2', 'cdnow-3']);
  });

  test('a purchase of nothing is a ticket of nothing', () => {
    expect(ticketOf(read('7,2021-01-02,1,0.00')[0])).toMatchObject({ total: 0 });
  });

  test('a customer is any text', () => {
    const [only] = read('"Smith, ""J""",2021-01-02,1,1.00');
    expect(ticketOf(only)).toMatchObject({ participant: { externalId: 'Smith, "J"' } });
  });

  test('a line without customer is anonymous', () => {
    const [only] = read(',2021-01-02,1,1.00');
    expect(only).toMatchObject({ customer: undefined, orderKey: 'cdnow-2' });
    expect(ticketOf(only)).not.toHaveProperty('participant');
  });

  test.each([
    ['7,2021-02-30,1,1.00', 'malformed_line'],
    ['7,01.02.2021,1,1.00', 'malformed_line'],
    ['7,2021-01-02,one,1.00', 'malformed_line'],
    ['7,2021-01-02,1,"1,00"', 'malformed_line'],
    ['7,2021-01-02,1', 'malformed_line'],
    ['7,2021-01-02,1,1.00,more', 'malformed_line'],
    ['"7,2021-01-02,1,1.00', 'malformed_line'],
    ['7,2021-01-02,1,9007199254740991.00', 'malformed_line'],
    ['7,2021-01-02,1,-1.00', 'return_without_original'],
  ])('%s is refused with %s and its text', (text, reason) => {
    expect(read(text)).toMatchObject([
      { kind: 'unreadable', transactionId: 'cdnow-2', reason, origin: { lines: [2], text } },
    ]);
  });

  test('another header is another format', () => {
    const format = new CdnowFormat({ source: 'shop', currency: 'EUR', exponent: 2 });
    expect(() => readAll(format, '00001,2021-01-01,1,11.77')).toThrow(WrongFormat);
  });
});

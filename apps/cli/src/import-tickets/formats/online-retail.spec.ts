import { readAll, ticketOf } from '../../../test/reading';
import { OnlineRetailFormat } from './online-retail';
import { WrongFormat } from './ticket-format';

const HEADER = 'InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country';
const open = () => new OnlineRetailFormat({ source: 'web', currency: 'GBP', exponent: 2 });
const read = (...lines: readonly string[]) => readAll(open(), [HEADER, ...lines].join('\n'));

describe('an Online Retail file', () => {
  test('consecutive lines of one invoice are one ticket, and a line is known by its place', () => {
    const reads = read(
      '536365;85123A;WHITE HOLDER;6;1/12/2010 08:26;2,55;17850;United Kingdom',
      '536365;71053;LANTERN;6;1/12/2010 08:26;3,39;17850;United Kingdom',
      '536365;85123A;WHITE HOLDER;1;1/12/2010 08:27;2,55;17850;United Kingdom',
      '536366;POST;POSTAGE;1;13/12/2010 9:05;18;12583;France',
    );
    expect(reads).toMatchObject([
      { transactionId: '536365', customer: '17850', origin: { lines: [2, 3, 4] } },
      { transactionId: '536366', customer: '12583', origin: { lines: [5] } },
    ]);
    // 6 × 2.55 + 6 × 3.39 + 2.55 = 15.30 + 20.34 + 2.55 = 38.19
    expect(ticketOf(reads[0])).toEqual({
      transactionId: '536365',
      source: 'web',
      participant: { externalId: '17850' },
      occurredAt: '2010-12-01T08:26:00.000Z',
      currency: 'GBP',
      total: 3819,
      lines: [
        { lineId: '1', sku: '85123A', quantity: 6, unitPrice: 255, amount: 1530 },
        { lineId: '2', sku: '71053', quantity: 6, unitPrice: 339, amount: 2034 },
        { lineId: '3', sku: '85123A', quantity: 1, unitPrice: 255, amount: 255 },
      ],
      attributes: { country: 'United Kingdom' },
    });
    expect(ticketOf(reads[1])).toMatchObject({ occurredAt: '2010-12-13T09:05:00.000Z' });
  });

  test('each line is rounded half up, not their sum', () => {
    const line = '1;A;X;1;1/12/2010 08:26;0,005;7;EIRE';
    // Twice half a penny: 1 + 1, where the sum would be 1.
    expect(ticketOf(read(line, line)[0])).toMatchObject({ total: 2 });
  });

  test('a description may hold quotes and the separator', () => {
    const [only] = read('1;A;"7"" RECORD; BLACK";2;1/12/2010 08:26;2,1;7;EIRE');
    expect(ticketOf(only)).toMatchObject({ total: 420 });
  });

  test('negative lines are ordinary as long as the ticket is not negative', () => {
    const reads = read(
      '1;A;X;2;1/12/2010 08:26;1,00;;EIRE',
      '1;D;Discount;-1;1/12/2010 08:26;0,50;;EIRE',
      '2;A;X;-10;1/12/2010 08:26;0;;EIRE',
    );
    expect(reads.map((one) => ticketOf(one)['total'])).toEqual([150, 0]);
    expect(ticketOf(reads[0])).not.toHaveProperty('participant');
  });

  test('a cancellation is refused as a return without its original, with all its lines', () => {
    const lines = ['C1;A;X;-2;1/12/2010 08:26;1,00;7;EIRE', 'C1;B;Y;1;1/12/2010 08:26;0,50;7;EIRE'];
    expect(read(...lines)).toMatchObject([
      {
        kind: 'unreadable',
        transactionId: 'C1',
        reason: 'return_without_original',
        detail: 'the total is -150',
        origin: { lines: [2, 3], text: lines.join('\n') },
      },
    ]);
  });

  test.each([
    ['1;B;Y;one;1/12/2010 08:26;0,50;7;EIRE', 'malformed_line'],
    ['1;B;Y;1;1/12/2010 08:26;0.50;7;EIRE', 'malformed_line'],
    ['1;B;"Y;1;1/12/2010 08:26;0,50;7;EIRE', 'malformed_line'],
    ['1;B;Y;1', 'malformed_line'],
    ['1;B;Y;1;1/12/2010 08:26;0,50;8;EIRE', 'customer_differs'],
    ['1;B;Y;9007199254740991;1/12/2010 08:26;9,99;7;EIRE', 'amount_out_of_range'],
  ])('one bad line, %s, refuses its ticket and no other', (bad, reason) => {
    const good = '1;A;X;1;1/12/2010 08:26;1,00;7;EIRE';
    const reads = read(good, bad, '2;A;X;1;1/12/2010 08:26;1,00;7;EIRE');
    expect(reads).toMatchObject([
      { kind: 'unreadable', reason, origin: { lines: [2, 3], text: `${good}\n${bad}` } },
      { kind: 'ticket', transactionId: '2' },
    ]);
  });

  test.each(['31/2/2010 08:26', '1/13/2010 08:26', '1/12/2010 24:00', '2010-12-01'])(
    'a ticket of %s is refused',
    (date) => {
      expect(read(`1;A;X;1;${date};1,00;7;EIRE`)).toMatchObject([{ reason: 'malformed_line' }]);
    },
  );

  test('a line without invoice stands alone', () => {
    expect(read(';A;X;1;1/12/2010 08:26;1,00;7;EIRE')).toMatchObject([
      { kind: 'unreadable', reason: 'malformed_line', origin: { lines: [2] } },
    ]);
  });

  test('another header is another format', () => {
    expect(() => readAll(open(), 'customer,date,quantity,amount')).toThrow(WrongFormat);
  });
});

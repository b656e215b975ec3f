import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from '../lines';
import { CdnowFormat } from './cdnow';
import { OnlineRetailFormat } from './online-retail';
import type { Read, TicketFormat } from './ticket-format';

/** Real files that do not belong to the repository. The numbers were counted with awk. */
const SHARED = join(__dirname, '../../../../../../shared/data');

interface Counted {
  tickets: number;
  lines: number;
  total: number;
  points: number;
  anonymous: number;
  zero: number;
  readonly customers: Set<string>;
  readonly refused: string[];
}

function count(counted: Counted, read: Read): void {
  if (read.kind === 'unreadable') {
    counted.refused.push(`${read.reason} ${read.transactionId?.slice(0, 1) ?? ''}`);
    counted.lines += read.origin.lines.length;
    return;
  }
  const { total, lines } = JSON.parse(read.json) as { total: number; lines: unknown[] };
  counted.tickets += 1;
  counted.lines += lines.length;
  if (total === 0) counted.zero += 1;
  if (read.customer === undefined) counted.anonymous += 1;
  else {
    counted.customers.add(read.customer);
    counted.total += total;
    counted.points += Math.floor(total / 100);
  }
}

async function countFile(name: string, format: TicketFormat): Promise<Counted> {
  const counted: Counted = {
    ...{ tickets: 0, lines: 0, total: 0, points: 0, anonymous: 0, zero: 0 },
    ...{ customers: new Set(), refused: [] },
  };
  const reads: Read[] = [];
  for await (const { lines, firstNumber } of linesOf(join(SHARED, name))) {
    lines.forEach((line, index) => format.push(line, firstNumber + index, reads));
  }
  format.end(reads);
  for (const read of reads) count(counted, read);
  return counted;
}

const isThere = existsSync(SHARED);
if (!isThere) console.warn(`skipped: ${SHARED} is absent`);

(isThere ? describe : describe.skip)('the real files', () => {
  test('CDNOW: 69,659 purchases of 23,544 customers', async () => {
    const options = { source: 'cdnow.csv', currency: 'EUR', exponent: 2 };
    const { customers, ...counted } = await countFile('cdnow.csv', new CdnowFormat(options));
    expect(customers.size).toBe(23_544);
    expect(counted).toEqual({
      ...{ tickets: 69_659, lines: 69_659, total: 250_031_563, points: 2_453_159 },
      ...{ anonymous: 0, zero: 80, refused: [] },
    });
  });

  test('Online Retail: 512 tickets of 10,000 lines, 43 of them cancellations', async () => {
    const options = { source: 'online-retail.csv', currency: 'GBP', exponent: 2 };
    const format = new OnlineRetailFormat(options);
    const { customers, refused, ...counted } = await countFile('online-retail.csv', format);
    expect(customers.size).toBe(303);
    expect(refused).toEqual(Array.from({ length: 43 }, () => 'return_without_original C'));
    // 469 accepted, 401 of them with a customer, who pay 148,206.83 pounds.
    expect(counted).toEqual({
      ...{ tickets: 469, lines: 10_000, total: 14_820_683, points: 148_024 },
      ...{ anonymous: 68, zero: 45 },
    });
  });
});

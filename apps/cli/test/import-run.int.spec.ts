import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandFailure } from '../src/failure';
import { CdnowFormat } from '../src/import-tickets/formats/cdnow';
import { ImportRun } from '../src/import-tickets/import-run';
import { RefusedFile } from '../src/import-tickets/refused-file';
import { Server } from '../src/import-tickets/server';
import { Tally } from '../src/import-tickets/tally';
import { FakeFidelis } from './fake-fidelis';

const SAMPLE = join(__dirname, '../../../samples/cdnow-sample.csv');
const PATIENCE = { giveUpAfterMs: 200, firstPauseMs: 1 };

describe('an import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-import-'));
  const errors = join(folder, 'errors.ndjson');
  let fake: FakeFidelis;
  let server: Server;

  beforeEach(async () => {
    fake = await FakeFidelis.start();
    server = new Server(new URL(fake.url), 'a-key');
  });
  afterEach(async () => {
    server.close();
    await fake.stop();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const importFile = async (file: string): Promise<Tally> => {
    const tally = new Tally();
    const refused = new RefusedFile(errors, true);
    const format = new CdnowFormat({ source: 'sample', currency: 'EUR', exponent: 2 });
    try {
      await new ImportRun({ file, format, server, refused, tally, patience: PATIENCE }).run();
    } finally {
      refused.close();
    }
    return tally;
  };

  const importLines = (...lines: readonly string[]): Promise<Tally> => {
    const file = join(folder, 'tickets.csv');
    writeFileSync(file, ['customer,date,quantity,amount', ...lines, ''].join('\r\n'));
    return importFile(file);
  };

  const refusedOnes = (): readonly unknown[] =>
    readFileSync(errors, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);

  test('the sample is in, each customer registered once', async () => {
    const tally = await importFile(SAMPLE);
    expect(String(tally)).toBe('read 200 = accepted 200 + duplicate 0 + rejected 0');
    expect(fake.customers).toHaveLength(59);
    expect(new Set(fake.customers).size).toBe(59);
    // 7,685.95 EUR in all.
    const total = [...fake.tickets.values()].reduce((sum, ticket) => sum + ticket.total, 0);
    expect(total).toBe(768_595);
    expect(refusedOnes()).toEqual([]);
  });

  test('run twice, each ticket counts once', async () => {
    await importFile(SAMPLE);
    const again = await importFile(SAMPLE);
    expect(String(again)).toBe('read 200 = accepted 0 + duplicate 200 + rejected 0');
  });

  test("a customer's tickets arrive in the order of the file", async () => {
    await importFile(SAMPLE);
    const last = new Map<string, number>();
    for (const { transactionId, participant } of fake.tickets.values()) {
      const line = Number(transactionId.slice('cdnow-'.length));
      const customer = participant?.externalId ?? '';
      expect(line).toBeGreaterThan(last.get(customer) ?? 0);
      last.set(customer, line);
    }
    expect(last.size).toBe(59);
  });

  test('what is refused is in the error file with line, reason and text', async () => {
    const tally = await importLines(
      '7,2021-01-01,1,1.00',
      '7,2021-01-01,1,-1.00',
      'seven',
      '7,2021-01-01,1,6.66',
    );
    expect(String(tally)).toBe('read 4 = accepted 1 + duplicate 0 + rejected 3');
    const byLine = [...refusedOnes()].sort((a, b) =>
      JSON.stringify(a) < JSON.stringify(b) ? -1 : 1,
    );
    expect(byLine).toEqual([
      {
        lines: [3],
        transactionId: 'cdnow-3',
        reason: 'return_without_original',
        detail: 'the total is -100',
        text: '7,2021-01-01,1,-1.00',
      },
      {
        lines: [4],
        transactionId: 'cdnow-4',
        reason: 'malformed_line',
        detail: 'a line has 4 fields',
        text: 'seven',
      },
      {
        lines: [5],
        transactionId: 'cdnow-5',
        reason: 'refused',
        detail: 'by the test',
        text: '7,2021-01-01,1,6.66',
      },
    ]);
  });

  test('tickets that the server cannot record for now are sent again', async () => {
    fake.unavailableOnce.add('cdnow-2').add('cdnow-9').add('cdnow-201');
    const tally = await importFile(SAMPLE);
    expect(String(tally)).toBe('read 200 = accepted 200 + duplicate 0 + rejected 0');
  });

  test('tickets whose answer was lost are sent again and count once', async () => {
    fake.lostAnswers = 2;
    const tally = await importFile(SAMPLE);
    expect(tally.read).toBe(200);
    expect(tally.accepted + tally.duplicate).toBe(200);
    expect(tally.duplicate).toBeGreaterThan(0);
    expect(fake.tickets.size).toBe(200);
  });

  test('a server that stays away ends it, with a reason', async () => {
    fake.lostAnswers = 1_000_000;
    await expect(importFile(SAMPLE)).rejects.toThrow(CommandFailure);
    await expect(importFile(SAMPLE)).rejects.toThrow(/does not answer/);
  });

  test.each([
    [401, /refuses the key/],
    [403, /role/],
    [422, /422 refused by the test/],
  ])('a refusal as a whole, %i, ends it at once', async (status, message) => {
    fake.refuseWith = status;
    await expect(importFile(SAMPLE)).rejects.toThrow(message);
  });
});

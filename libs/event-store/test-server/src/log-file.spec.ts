import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile, type StoredRecord } from './log-file';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  path = join(folder, 'log');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function open(): { log: LogFile; records: StoredRecord[] } {
  const records: StoredRecord[] = [];
  return { log: LogFile.open(path, (record) => records.push(record)), records };
}

/** Appends of so many records each; every record is its append's letter ten times. */
function write(log: LogFile, appends: Readonly<Record<string, number>>): void {
  for (const [letter, count] of Object.entries(appends)) {
    for (let i = 1; i <= count; i += 1) {
      log.write(log.frame(Buffer.from(letter.repeat(10)), i < count));
    }
  }
}

const textsOf = (records: readonly StoredRecord[]) => records.map(({ payload }) => String(payload));

describe('a log file', () => {
  it('gives back what was written, at the positions that it said', () => {
    const { log } = open();
    expect(log.nextPosition).toBe(0);
    write(log, { a: 2 });
    // Nine bytes of header and ten of content each.
    expect(log.nextPosition).toBe(38);
    write(log, { b: 1 });
    log.close();
    const again = open();
    expect(textsOf(again.records)).toEqual(['aaaaaaaaaa', 'aaaaaaaaaa', 'bbbbbbbbbb']);
    expect(again.records.map(({ position }) => position)).toEqual([0, 19, 38]);
    expect(String(again.log.read(19, 10))).toBe('aaaaaaaaaa');
    again.log.close();
  });

  it.each([
    ['a torn header', 38 + 4],
    ['a torn record', 38 + 9 + 3],
    ['an append of which the last record is torn', 38 + 19 + 12],
  ])('cuts off %s and goes on behind the last whole append', (_, size) => {
    const { log } = open();
    write(log, { a: 2, b: 2 });
    log.close();
    truncateSync(path, size);
    const torn = open();
    expect(textsOf(torn.records)).toEqual(['aaaaaaaaaa', 'aaaaaaaaaa']);
    expect(statSync(path).size).toBe(38);
    write(torn.log, { c: 1 });
    torn.log.close();
    const again = open();
    expect(textsOf(again.records)).toEqual(['aaaaaaaaaa', 'aaaaaaaaaa', 'cccccccccc']);
    again.log.close();
  });

  it('cuts off what a crash left of other content', () => {
    const { log } = open();
    write(log, { a: 1 });
    log.close();
    appendFileSync(path, Buffer.alloc(100));
    appendFileSync(path, Buffer.from('rubbish'.repeat(10)));
    const again = open();
    expect(textsOf(again.records)).toEqual(['aaaaaaaaaa']);
    again.log.close();
  });
});

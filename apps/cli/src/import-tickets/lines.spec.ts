import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesOf } from './lines';

const folder = mkdtempSync(join(tmpdir(), 'fidelis-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function numbered(text: string, chunkBytes: number): Promise<readonly string[]> {
  const file = join(folder, 'file');
  writeFileSync(file, text);
  const found: string[] = [];
  for await (const { lines, firstNumber } of linesOf(file, chunkBytes)) {
    lines.forEach((line, index) => found.push(`${firstNumber + index}:${line}`));
  }
  return found;
}

// 1 byte cuts every character and every line end; 1,000 takes the file in one.
describe.each([1, 2, 5, 1000])('lines, read %i bytes at a time', (chunkBytes) => {
  test('each has its number, whatever ends it', async () => {
    expect(await numbered('a\r\n\r\nbé€\nlast', chunkBytes)).toEqual([
      '1:a',
      '2:',
      '3:bé€',
      '4:last',
    ]);
  });

  test('a byte order mark is no part of the first one', async () => {
    expect(await numbered('\uFEFFa\nb\n', chunkBytes)).toEqual(['1:a', '2:b']);
  });

  test('those that are no UTF-8 are named', async () => {
    const file = join(folder, 'latin1');
    writeFileSync(file, Buffer.from('a\nb\u00e9\nc\nd\u00e9', 'latin1'));
    const named: number[] = [];
    for await (const { notUtf8 } of linesOf(file, chunkBytes)) named.push(...(notUtf8 ?? []));
    expect(named).toEqual([2, 4]);
  });

  test('an empty file has none', async () => {
    expect(await numbered('', chunkBytes)).toEqual([]);
  });
});

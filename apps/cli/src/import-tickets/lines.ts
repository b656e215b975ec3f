import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

export interface LineChunk {
  readonly lines: readonly string[];
  /** Number of the first of them, from 1. */
  readonly firstNumber: number;
  /** Numbers of those that are no UTF-8: decoding has changed them. */
  readonly notUtf8?: ReadonlySet<number>;
  /** How much of the file was read with it, in bytes. */
  readonly bytesRead: number;
}

/** Some thousand short tickets: enough for a batch, and gone before the collector moves them. */
const CHUNK_BYTES = 64 * 1024;
/** No ticket is longer; a file without line ends is none of tickets. */
const LINE_BYTES_MAX = 4 * 1024 * 1024;
const LINE_END = 10;

export class LineTooLong extends Error {}

/** The lines of a text file, without their ends, in the chunks in which it is read. */
export async function* linesOf(file: string, chunkBytes = CHUNK_BYTES): AsyncGenerator<LineChunk> {
  const stream = createReadStream(file, { highWaterMark: chunkBytes });
  let rest: Buffer[] = [];
  let restBytes = 0;
  let firstNumber = 1;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(LINE_END);
    const tail = chunk.subarray(end + 1);
    if (end >= 0) {
      const found = chunkOf(Buffer.concat([...rest, chunk.subarray(0, end)]), firstNumber);
      yield { ...found, bytesRead: stream.bytesRead };
      firstNumber += found.lines.length;
      [rest, restBytes] = [[], 0];
    }
    rest.push(tail);
    restBytes += tail.length;
    if (restBytes > LINE_BYTES_MAX) {
      throw new LineTooLong(`line ${firstNumber} is too long for a ticket`);
    }
  }
  if (restBytes === 0) return;
  yield { ...chunkOf(Buffer.concat(rest), firstNumber), bytesRead: stream.bytesRead };
}

function chunkOf(bytes: Buffer, firstNumber: number): Omit<LineChunk, 'bytesRead'> {
  const text = bytes.toString('utf8');
  const lines = (firstNumber === 1 ? withoutMark(text) : text).split('\n').map(withoutReturn);
  if (isUtf8(bytes)) return { lines, firstNumber };
  return { lines, firstNumber, notUtf8: notUtf8In(bytes, firstNumber) };
}

function notUtf8In(bytes: Buffer, firstNumber: number): ReadonlySet<number> {
  const numbers = new Set<number>();
  let from = 0;
  for (let number = firstNumber; from <= bytes.length; number += 1) {
    const end = bytes.indexOf(LINE_END, from);
    const to = end < 0 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(from, to))) numbers.add(number);
    from = to + 1;
  }
  return numbers;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Without the byte order mark that some programs write first. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

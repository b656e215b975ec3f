import { createReadStream } from 'node:fs';

export interface LineChunk {
  readonly lines: readonly string[];
  /** Number of the first of them, from 1. */
  readonly firstNumber: number;
  /** How much of the file was read with it, in bytes. */
  readonly bytesRead: number;
}

/** Some thousand short tickets: enough for a batch, and gone before the collector moves them. */
const CHUNK_BYTES = 64 * 1024;
/** No ticket is longer; a file without line ends is none of tickets. */
const LINE_CHARACTERS_MAX = 4 * 1024 * 1024;

export class LineTooLong extends Error {}

/** The lines of a text file, without their ends, in the chunks in which it is read. */
export async function* linesOf(file: string, chunkBytes = CHUNK_BYTES): AsyncGenerator<LineChunk> {
  const stream = createReadStream(file, { highWaterMark: chunkBytes, encoding: 'utf8' });
  let rest = '';
  let firstNumber = 1;
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (firstNumber === 1 ? withoutMark(rest + chunk) : rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARACTERS_MAX) {
      throw new LineTooLong(`line ${firstNumber + lines.length} is too long for a ticket`);
    }
    if (lines.length === 0) continue;
    yield { lines: lines.map(withoutReturn), firstNumber, bytesRead: stream.bytesRead };
    firstNumber += lines.length;
  }
  if (rest === '') return;
  yield { lines: [withoutReturn(rest)], firstNumber, bytesRead: stream.bytesRead };
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Without the byte order mark that some programs write first. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { commonProblem, validationFailed } from '../problems/common-problems';
import type { Problem } from '../problems/problem';

export const LINE_BYTES_MAX = 256 * 1024;

/** One line of an upload; blank lines are left out but counted. */
export type NdjsonLine =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly problem: Problem };

/**
 * The lines of a body, in batches as they arrive: one batch per chunk of the socket, at most
 * `batchMax` lines. A line over `LINE_BYTES_MAX` is reported and skipped, never kept in memory; so is
 * one that is no UTF-8, which decoding would change.
 */
export async function* ndjsonLines(
  body: unknown,
  batchMax = 500,
): AsyncGenerator<readonly NdjsonLine[]> {
  if (!(body instanceof Readable)) {
    throw validationFailed([{ pointer: '', code: 'ndjson', detail: 'the body must be NDJSON' }]);
  }
  const splitter = new LineSplitter();
  for await (const chunk of body as AsyncIterable<Buffer>) {
    yield* batches(splitter.push(chunk), batchMax);
  }
  yield* batches(splitter.end(), batchMax);
}

/** Far below the deadline of a call: what takes longer is one of too many. */
const SLOW_MS = 1_000;
const SIDE_BY_SIDE_MIN = 4;

/**
 * Works on the lines of a batch, some side by side: many share a commit, but none waits behind so
 * many others that a call to another service runs out of time. Where lines are slow all the same,
 * fewer go on side by side. Answers in the lines' order.
 */
export async function lineByLine<Answer>(
  lines: readonly NdjsonLine[],
  work: (line: NdjsonLine) => Promise<Answer>,
  sideBySideMax = 64,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const waiting = lines.entries();
  let workers = Math.min(sideBySideMax, lines.length);
  const worker = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const [index, line] = next.value;
      const began = performance.now();
      answers[index] = await work(line);
      if (performance.now() - began < SLOW_MS || workers <= SIDE_BY_SIDE_MIN) continue;
      workers -= 1;
      return;
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return answers;
}

/** An NDJSON answer: return it from the handler. The client's reading pace slows the source. */
export function ndjsonAnswer(batchesOfAnswers: AsyncIterable<readonly object[]>): Readable {
  return Readable.from(texts(batchesOfAnswers), { objectMode: false });
}

async function* texts(source: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  for await (const answers of source) {
    if (answers.length === 0) continue;
    yield `${answers.map((answer) => JSON.stringify(answer)).join('\n')}\n`;
  }
}

function* batches(lines: readonly NdjsonLine[], max: number): Generator<readonly NdjsonLine[]> {
  for (let from = 0; from < lines.length; from += max) yield lines.slice(from, from + max);
}

class LineSplitter {
  private parts: Buffer[] = [];
  private bytes = 0;
  private number = 0;

  push(chunk: Buffer): readonly NdjsonLine[] {
    const lines: NdjsonLine[] = [];
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(10, from);
      if (end < 0) break;
      this.keep(chunk.subarray(from, end));
      lines.push(...this.take());
      from = end + 1;
    }
    this.keep(chunk.subarray(from));
    return lines;
  }

  end(): readonly NdjsonLine[] {
    return this.bytes === 0 ? [] : this.take();
  }

  private keep(part: Buffer): void {
    this.bytes += part.length;
    if (this.bytes > LINE_BYTES_MAX) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }

  private take(): readonly NdjsonLine[] {
    this.number += 1;
    const tooLong = this.bytes > LINE_BYTES_MAX;
    const [first = Buffer.alloc(0), ...others] = this.parts;
    const line = others.length === 0 ? first : Buffer.concat(this.parts);
    this.parts = [];
    this.bytes = 0;
    if (tooLong) return [this.refused('payload_too_large', 'a line has at most 256 KiB')];
    if (!isUtf8(line)) return [this.refused('malformed', 'the line is not UTF-8')];
    const text = line.toString('utf8').trim();
    return text === '' ? [] : [{ number: this.number, text }];
  }

  private refused(code: 'payload_too_large' | 'malformed', detail: string): NdjsonLine {
    return { number: this.number, problem: commonProblem(code, detail) };
  }
}

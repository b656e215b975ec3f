import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writevSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/** Length of the payload, its checksum, and whether more events of the same append follow. */
const HEADER_BYTES = 9;
const READ_BYTES = 4 * 1024 * 1024;

export interface StoredRecord {
  /** Byte offset in the file: sparse and growing, as positions of a transaction log are. */
  readonly position: number;
  readonly payload: Buffer;
  readonly moreFollow: boolean;
}

/**
 * An append-only file of records. An append is a run of records of which only the last says that
 * none follows; what a crash left of an unfinished run is cut off when the file is opened.
 */
export class LogFile {
  private readonly file: number;
  private end = 0;
  /** While the file is opened: what was read ahead. */
  private window: { from: number; bytes: Buffer } | undefined;

  private constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'a+');
  }

  static open(path: string, onRecord: (record: StoredRecord) => void): LogFile {
    const log = new LogFile(path);
    log.load(onRecord);
    return log;
  }

  /** Where the next record will begin. */
  get nextPosition(): number {
    return this.end;
  }

  /** Numbers the record; it is on disk after `write` and `sync`. */
  frame(payload: Uint8Array, moreFollow: boolean): Buffer[] {
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32LE(payload.length, 0);
    header.writeUInt32LE(crc32(payload), 4);
    header.writeUInt8(moreFollow ? 1 : 0, 8);
    this.end += HEADER_BYTES + payload.length;
    return [header, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)];
  }

  write(buffers: readonly Buffer[]): void {
    // `writev` takes a limited number of buffers at a time.
    for (let i = 0; i < buffers.length; i += 1000)
      writevSync(this.file, buffers.slice(i, i + 1000));
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.file, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  read(position: number, bytes: number): Buffer {
    const payload = Buffer.allocUnsafe(bytes);
    readSync(this.file, payload, 0, bytes, position + HEADER_BYTES);
    return payload;
  }

  close(): void {
    fdatasyncSync(this.file);
    closeSync(this.file);
  }

  private load(onRecord: (record: StoredRecord) => void): void {
    const { size } = fstatSync(this.file);
    let run: StoredRecord[] = [];
    let position = 0;
    for (;;) {
      const record = this.recordAt(position, size);
      if (record === undefined) break;
      position += HEADER_BYTES + record.payload.length;
      run.push(record);
      if (record.moreFollow) continue;
      run.forEach(onRecord);
      run = [];
      this.end = position;
    }
    if (this.end < size) ftruncateSync(this.file, this.end);
    this.window = undefined;
  }

  /** The record that begins there, if it is whole. */
  private recordAt(position: number, size: number): StoredRecord | undefined {
    if (position + HEADER_BYTES > size) return undefined;
    const header = this.slice(position, HEADER_BYTES);
    const length = header.readUInt32LE(0);
    // A file that was made longer but not written to is full of zeros.
    if (length === 0 || position + HEADER_BYTES + length > size) return undefined;
    const payload = Buffer.from(this.slice(position + HEADER_BYTES, length));
    if (crc32(payload) !== header.readUInt32LE(4)) return undefined;
    return { position, payload, moreFollow: header.readUInt8(8) === 1 };
  }

  /** Through a window, so that opening does not read record by record. */
  private slice(position: number, bytes: number): Buffer {
    const { window } = this;
    if (
      window === undefined ||
      position < window.from ||
      position + bytes > window.from + window.bytes.length
    ) {
      const next = Buffer.allocUnsafe(Math.max(READ_BYTES, bytes));
      const read = readSync(this.file, next, 0, next.length, position);
      this.window = { from: position, bytes: next.subarray(0, read) };
      return this.window.bytes.subarray(0, bytes);
    }
    return window.bytes.subarray(position - window.from, position - window.from + bytes);
  }
}

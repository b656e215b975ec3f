import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'personal-data.key';
const KEY_BYTES = 32;

/** The key of this data folder, made at the first start. */
export function personalDataKey(dataDir: string): string {
  const file = join(dataDir, FILE);
  return readKey(file) ?? makeKey(file, dataDir);
}

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Durable before it is used: events made with a key that is lost could never be matched again. */
function makeKey(file: string, dataDir: string): string {
  mkdirSync(dataDir, { recursive: true });
  const key = randomBytes(KEY_BYTES).toString('base64url');
  const handle = openSync(file, 'wx', 0o600);
  writeSync(handle, `${key}\n`);
  fsyncSync(handle);
  closeSync(handle);
  const folder = openSync(dataDir, 'r');
  fsyncSync(folder);
  closeSync(folder);
  return key;
}

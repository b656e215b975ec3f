import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadResult, LoadSpec } from './load-spec';

/** Runs one load in a process of its own, so that the server under test has a core to itself. */
export function runLoad(spec: LoadSpec): Promise<LoadResult> {
  const child = fork(join(__dirname, 'load.process.js'));
  return new Promise((resolve, reject) => {
    child.once('message', (result) => {
      resolve(result as LoadResult);
    });
    child.once('exit', (code) => {
      reject(new Error(`the load generator ended with ${code ?? 'a signal'}`));
    });
    child.send(spec);
  });
}

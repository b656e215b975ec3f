import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './packages.mjs';

const env = {
  ...process.env,
  NX_DAEMON: 'false',
  PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
};

/**
 * Runs a command from the root. With `capture` its output is returned instead of shown.
 * Never rejects: a command that cannot start has code 127.
 */
export function run(command, args, { capture = false, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: capture ? 'pipe' : 'inherit' });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error}` }));
    child.on('close', (code, signal) => resolve({ code: code ?? 1, output, signal }));
  });
}

import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Whom the server runs as. PostgreSQL refuses to run as root. */
export interface PostgresAccount {
  /** What stands before each of its programs. */
  readonly prefix: readonly string[];
  /** Makes a folder that it can use. */
  own(path: string): void;
}

const OTHERS_MAY_SEARCH = 0o001;

/** This process's own account; where that is root, that of Debian's package, or nobody. */
export function postgresAccount(folder: string): PostgresAccount {
  if (process.getuid?.() !== 0) {
    return { prefix: [], own: () => undefined };
  }
  const { uid, gid } = idsOf('postgres') ?? idsOf('nobody') ?? { uid: 65534, gid: 65534 };
  // It cannot come to a folder below root's own home or a private temporary folder without this.
  const search = isReachable(folder) ? [] : ['+dac_override'];
  const capabilities = search.flatMap((name) => [`--inh-caps=${name}`, `--ambient-caps=${name}`]);
  return {
    prefix: [
      'setpriv',
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      ...capabilities,
      '--',
    ],
    own: (path) => {
      chownSync(path, uid, gid);
    },
  };
}

function idsOf(name: string): { readonly uid: number; readonly gid: number } | undefined {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function isReachable(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  for (let at = dirname(resolve(folder)); ; at = dirname(at)) {
    if ((statSync(at).mode & OTHERS_MAY_SEARCH) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

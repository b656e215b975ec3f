import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestCertificates {
  /** Of the authority that signed the server's. */
  readonly caFile: string;
  readonly key: string;
  readonly cert: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const DAYS = ['-days', '2'];

export function isOpensslHere(): boolean {
  try {
    openssl('version');
    return true;
  } catch {
    return false;
  }
}

/** An authority and a server's certificate for `localhost`, in a folder that is the test's own. */
export function makeCertificates(folder: string): TestCertificates {
  const [caKey, caFile] = [join(folder, 'ca.key'), join(folder, 'ca.pem')];
  const [key, request] = [join(folder, 'server.key'), join(folder, 'server.csr')];
  const cert = join(folder, 'server.pem');
  const names = join(folder, 'names.cnf');
  writeFileSync(names, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl('req', '-x509', ...NEW_KEY, ...DAYS, '-keyout', caKey, '-out', caFile, '-subj', '/CN=ca');
  openssl('req', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', '/CN=localhost');
  const signing = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-extfile', names];
  openssl('x509', '-req', '-in', request, ...signing, ...DAYS, '-out', cert);
  return { caFile, key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

function openssl(...words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'ignore' });
}

/** Headers of one connection (RFC 9110, 7.6.1), not of the message. */
export const HOP_BY_HOP: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const NONE: ReadonlySet<string> = new Set();

/** `Connection` may name further headers that are for this hop only. */
export function namedByConnection(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive') return NONE;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

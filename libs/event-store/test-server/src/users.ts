import { type Metadata, status } from '@grpc/grpc-js';

/** Names and their passwords. */
export type Users = Readonly<Record<string, string>>;

/** As a real server: who names nobody may do nothing, and a wrong password names nobody at all. */
export function refusalOf(
  users: Users | undefined,
  metadata: Metadata,
): { readonly code: status; readonly details: string } | undefined {
  if (users === undefined) return undefined;
  const [header] = metadata.get('authorization');
  if (header === undefined) return { code: status.PERMISSION_DENIED, details: 'Access Denied' };
  const basic = /^Basic (?<text>.+)$/.exec(String(header))?.groups?.['text'] ?? '';
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const [name, password] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  if (Object.hasOwn(users, name) && users[name] === password) return undefined;
  return { code: status.UNAUTHENTICATED, details: 'Unauthenticated' };
}

import type { Client } from '../support/client';

export interface StatementEntry {
  readonly id: string;
  readonly type: string;
  readonly points: number;
  readonly source: { readonly kind: string; readonly id: string };
}

/** The whole statement of an account, page by page. */
export async function readStatement(client: Client, accountId: string): Promise<StatementEntry[]> {
  const entries: StatementEntry[] = [];
  let cursor: string | undefined;
  do {
    const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/accounts/${accountId}/entries?limit=200${more}`;
    const { body } = await client.get<{ data: StatementEntry[]; nextCursor?: string }>(path);
    entries.push(...body.data);
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  return entries;
}

import type { Client } from '../support/client';
import type { Operation } from './operations';
import type { Tally } from './tally';

/** What passers-by never learnt: a ticket is there or not; a hold has expired by now. */
export async function countIfRecorded(
  client: Client,
  tally: Tally,
  { kind, member, path, body, effectOf }: Operation,
): Promise<void> {
  if (path !== '/transactions') return;
  const { transactionId } = body as { transactionId: string };
  const { status, body: found } = await client.get(`/transactions/${transactionId}`);
  if (status === 404) return;
  if (status !== 200) throw new Error(`${kind} ${transactionId}: ${status}`);
  tally.add(member, effectOf(found));
}

import type { Kysely } from 'kysely';
import type { ReceivedMessage } from '@fidelis/messaging';
import { insertRows } from '@fidelis/read-model';
import { DECLARED_AWARDS, type AwardsTables } from './awards.table';

export interface Declaration {
  readonly accountId: string;
  readonly sequence: number;
}

/** Notes the highest command number that each membership declared: the same again changes nothing. */
export async function recordDeclaredAwards(
  db: Kysely<AwardsTables>,
  messages: readonly ReceivedMessage<Declaration>[],
): Promise<void> {
  const highest = new Map<string, number>();
  for (const { data } of messages) {
    highest.set(data.accountId, Math.max(data.sequence, highest.get(data.accountId) ?? 0));
  }
  // In the order of their ids, so that two replicas wait for each other in one direction.
  const rows = [...highest.keys()]
    .sort()
    .map((account_id) => ({ account_id, sequence: highest.get(account_id) ?? 0 }));
  await insertRows(db as unknown as Kysely<never>, DECLARED_AWARDS, {
    rows,
    onConflict: { key: ['account_id'], then: 'greatest', columns: ['sequence'] },
  });
}

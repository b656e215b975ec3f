import type { Kysely } from 'kysely';
import { ContractError } from '@fidelis/kernel';
import type { ReceivedMessage } from '@fidelis/messaging';
import { takeAccountMessage } from './account-messages';
import { JournalChanges } from './journal-changes';
import type { JournalTables } from './journal.table';
import { takePurchaseMessage } from './purchase-messages';

/**
 * Takes a batch of messages into the journal: lines and how far each account is, in one
 * transaction. Messages that were taken before change nothing.
 */
export async function recordInJournal(
  db: Kysely<JournalTables>,
  messages: readonly ReceivedMessage[],
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const changes = await JournalChanges.of(trx, messages);
    for (const message of messages) {
      const taken = takeAccountMessage(changes, message) || takePurchaseMessage(changes, message);
      if (!taken) throw new ContractError(`the journal does not take ${message.type}`);
    }
    await changes.write(trx);
  });
}

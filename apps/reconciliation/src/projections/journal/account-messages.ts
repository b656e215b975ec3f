import {
  AccountOpenedV1,
  AccountTermsReplacedV1,
  AwardDeclinedV1,
  CaptureForcedV1,
  EntriesRecordedV1,
  type AccountTerms,
} from '@fidelis/contracts';
import { isMessageOf, type DataOf, type ReceivedMessage } from '@fidelis/messaging';
import {
  linesOf,
  rateOf,
  remeasurementLines,
  type FinanceRate,
  type LineOrigin,
} from '../../domain/journal';
import type { JournalChanges } from './journal-changes';
import type { FinanceTermsRow, JournalAccountRow } from './journal.table';
import { eventOf } from './message-origin';

type Entries = DataOf<typeof EntriesRecordedV1>;

/** Takes one message of an account into the changes of a batch. */
export function takeAccountMessage(changes: JournalChanges, message: ReceivedMessage): boolean {
  if (isMessageOf(AccountOpenedV1, message)) return opened(changes, message);
  if (isMessageOf(EntriesRecordedV1, message)) return entriesRecorded(changes, message);
  if (isMessageOf(AccountTermsReplacedV1, message)) return termsReplaced(changes, message);
  if (isMessageOf(AwardDeclinedV1, message)) return declined(changes, message);
  if (isMessageOf(CaptureForcedV1, message)) return captureForced(changes, message);
  return false;
}

function opened(
  changes: JournalChanges,
  message: ReceivedMessage<DataOf<typeof AccountOpenedV1>>,
): true {
  const { accountId, programId, terms } = message.data;
  changes.addTerms(toFinanceTerms(terms));
  if (changes.account(accountId) !== undefined) return true;
  const account = unopened(accountId, programId, terms.version);
  changes.setAccount({ ...account, revision: message.revision });
  return true;
}

function entriesRecorded(changes: JournalChanges, message: ReceivedMessage<Entries>): true {
  const { data } = message;
  const account = changes.account(data.accountId) ?? accountUnheardOf(changes, message);
  if (message.revision <= account.revision) return true;
  expectNext(changes, message, account);
  const moved = data.entries.reduce((sum, entry) => sum + entry.points, 0);
  if (account.total + moved !== data.after.total) {
    const detail = `${account.total} and ${moved} do not give ${data.after.total}`;
    changes.addFault('wrong-total', message, detail);
  }
  const rate = toRate(changes.terms(account.program_id, account.terms_version));
  changes.addLines(linesOf(data.entries, originOf(message, account), rate));
  changes.setAccount({
    ...account,
    revision: message.revision,
    total: data.after.total,
    debt: data.after.debt,
    answered: Math.max(account.answered, ...(data.awards ?? []).map(({ sequence }) => sequence)),
  });
  return true;
}

/** Every event of an account is published, so a gap in its revisions is a message that was lost. */
function expectNext(
  changes: JournalChanges,
  message: ReceivedMessage,
  { revision }: JournalAccountRow,
): void {
  if (message.revision === revision + 1) return;
  changes.addFault('missing-messages', message, `it came after revision ${revision}`);
}

/** Its opening never came: its points count, but nobody knows what they cost. */
function accountUnheardOf(
  changes: JournalChanges,
  message: ReceivedMessage<{ readonly accountId: string; readonly programId: string }>,
): JournalAccountRow {
  const { accountId, programId } = message.data;
  changes.addFault('account-not-opened', message, `the opening of ${accountId} never came`);
  return unopened(accountId, programId, 0);
}

function termsReplaced(
  changes: JournalChanges,
  message: ReceivedMessage<DataOf<typeof AccountTermsReplacedV1>>,
): true {
  const { accountId, terms } = message.data;
  const account = changes.account(accountId);
  if (account === undefined || message.revision <= account.revision) return true;
  expectNext(changes, message, account);
  const next = toFinanceTerms(terms);
  changes.addTerms(next);
  const from = toRate(changes.terms(account.program_id, account.terms_version));
  const at = { occurredAt: message.data.replacedAt, recordedAt: message.time };
  const origin = { ...originOf(message, { ...account, terms_version: terms.version }), ...at };
  changes.addLines(remeasurementLines(account.total, { from, to: toRate(next) }, origin));
  changes.setAccount({ ...account, revision: message.revision, terms_version: terms.version });
  return true;
}

function declined(
  changes: JournalChanges,
  message: ReceivedMessage<DataOf<typeof AwardDeclinedV1>>,
): true {
  const { data } = message;
  const account = changes.account(data.accountId) ?? accountUnheardOf(changes, message);
  changes.setAccount({ ...account, answered: Math.max(account.answered, data.sequence) });
  return true;
}

function captureForced(
  changes: JournalChanges,
  message: ReceivedMessage<DataOf<typeof CaptureForcedV1>>,
): true {
  const { accountId, holdId, points, debt } = message.data;
  const detail = `account ${accountId}, hold ${holdId}: ${points} points, ${debt} of them owed`;
  changes.addException('forced-capture', message, detail);
  return true;
}

function unopened(accountId: string, programId: string, termsVersion: number): JournalAccountRow {
  return {
    account_id: accountId,
    program_id: programId,
    terms_version: termsVersion,
    revision: -1,
    total: 0,
    debt: 0,
    answered: 0,
  };
}

function originOf(message: ReceivedMessage, account: JournalAccountRow): LineOrigin {
  return {
    accountId: account.account_id,
    programId: account.program_id,
    termsVersion: account.terms_version,
    stream: message.aggregate,
    revision: message.revision,
    eventId: eventOf(message).eventId,
  };
}

function toFinanceTerms(terms: AccountTerms): FinanceTermsRow {
  const { finance, programId: program_id, version } = terms;
  return {
    ...{ program_id, version },
    ...rateOf(terms),
    expense_account: finance?.expenseAccount ?? null,
    cost_centre: finance?.costCentre ?? null,
  };
}

function toRate(row: FinanceTermsRow | undefined): FinanceRate | undefined {
  if (row === undefined) return undefined;
  const { currency, amount, points } = row;
  return { currency, amount, points };
}

import type { AggregateRepository, Handled } from '@fidelis/aggregates';
import { OperationalError, type Eventually, type Rejection } from '@fidelis/kernel';
import {
  entryIdOf,
  type Account,
  type AccountEvent,
  type HistoryNeeded,
  type PastEvent,
} from '../domain/account';

type HandledOr<R extends Rejection> = Handled<Account, AccountEvent, R>;

interface WithHistory<History, R extends Rejection> {
  readonly accountId: string;
  readonly initial: History;
  readonly fold: (history: History, past: PastEvent) => History;
  readonly handle: (history?: History) => Eventually<HandledOr<R>>;
}

/** Another command may move the account between the reading and the decision; then once more. */
const ATTEMPTS_MAX = 20;

/** Reads an account's stream for decisions about its past, which the state does not keep. */
export class AccountHistory {
  constructor(private readonly repository: AggregateRepository<Account, AccountEvent>) {}

  async read<History>(
    accountId: string,
    initial: History,
    fold: (history: History, past: PastEvent) => History,
  ): Promise<History> {
    let history = initial;
    for await (const event of this.repository.events(accountId)) {
      const { operationId } = event.metadata;
      const entryId = entryIdOf({ accountId, revision: event.revision });
      history = fold(history, { event, entryId, operationId });
    }
    return history;
  }

  /** Decides without a history first; reads it only when the decision asks for it. */
  async decideWith<History, R extends Rejection>(
    asked: WithHistory<History, R | HistoryNeeded>,
  ): Promise<HandledOr<Exclude<R, HistoryNeeded>>> {
    let history: History | undefined;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const handled = await asked.handle(history);
      if (!needsHistory(handled)) return handled as HandledOr<Exclude<R, HistoryNeeded>>;
      // Writes that are accepted but not on disk yet are not in the stream: load waits for them.
      await this.repository.load(asked.accountId);
      history = await this.read(asked.accountId, asked.initial, asked.fold);
    }
    throw new OperationalError(`account ${asked.accountId} is too busy to look at its history`);
  }
}

function needsHistory(handled: HandledOr<Rejection>): boolean {
  return handled.outcome === 'rejected' && handled.rejection.code === 'history_needed';
}

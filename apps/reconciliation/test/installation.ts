import {
  CONTROLLED_SERVICES,
  controlOf,
  TakeAccountCensus,
  type AccountCensus,
} from '@fidelis/contracts';
import type { EventStore } from '@fidelis/event-store';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { openSqliteReadModel, type ReadModel } from '@fidelis/read-model';
import type { Platform } from '@fidelis/service';
import { answering, CallTable, DirectCalls } from '@fidelis/service-calls';
import { Integrity } from '../src/integrity/integrity';
import { ReconciliationDatabase } from '../src/reconciliation-database';
import { at } from './messages';

export const emptyCensus: AccountCensus = {
  ...{ accounts: 0, events: 0, totals: [], unsound: [], overdueHolds: [] },
};

interface Place {
  readonly eventStore: EventStore;
  readonly db: ReadModel<unknown>;
}

/** Integrity beside neighbours who have taken in everything at once; in memory unless told where. */
export function installation(
  census: () => AccountCensus | Promise<AccountCensus> = () => emptyCensus,
  { eventStore, db }: Place = {
    eventStore: new MemoryEventStore(),
    db: openSqliteReadModel<unknown>({ file: ':memory:' }),
  },
) {
  const callTable = new CallTable();
  callTable.add(answering(TakeAccountCensus, async () => census()));
  for (const service of CONTROLLED_SERVICES) {
    callTable.add(answering(controlOf(service).reachHead, async () => ({ reached: true })));
  }
  const platform = {
    ...{ eventStore, callTable, calls: new DirectCalls(callTable) },
    clock: { now: () => at(22) },
    bus: { deadLetters: { count: () => Promise.resolve(0) } },
    readModel: () => db,
  } as unknown as Platform;
  const views = new ReconciliationDatabase(platform);
  return { eventStore, views, integrity: new Integrity(platform, views) };
}

import type { Instant } from '@fidelis/kernel';
import type { AccountFact, GrantedLot } from './account.events';
import { evolve } from './account.evolve';
import type { Account } from './account.state';

/**
 * Folds what had happened by `asOf` in business time, whenever it was recorded. An account that
 * received points for a time before it was opened had them then. Spends that were backdated before
 * the points that paid them show as debt.
 */
export function evolveAsOf(asOf: Instant, account: Account, event: AccountFact): Account {
  const part = partAsOf(asOf, event);
  return part === undefined ? account : evolve(account, part);
}

function partAsOf(asOf: Instant, event: AccountFact): AccountFact | undefined {
  switch (event.type) {
    case 'AccountOpened':
    case 'TermsReplaced':
      return event;
    case 'PointsAwarded': {
      const awards = event.data.awards
        .filter((award) => award.occurredAt <= asOf)
        .map((award) => ({ ...award, lots: award.lots.map((lot) => lotAsOf(asOf, lot)) }));
      return awards.length === 0 ? undefined : { ...event, data: { ...event.data, awards } };
    }
    case 'PointsCredited': {
      if (event.data.at > asOf) return undefined;
      const { lot, ...rest } = event.data;
      if (lot === undefined) return event;
      return { ...event, data: { ...rest, lot: lotAsOf(asOf, lot) } };
    }
    default:
      return event.data.at <= asOf ? event : undefined;
  }
}

function lotAsOf(asOf: Instant, lot: GrantedLot): GrantedLot {
  const { pending: _, ...rest } = lot;
  return lot.availableAt > asOf ? { ...rest, pending: true } : rest;
}

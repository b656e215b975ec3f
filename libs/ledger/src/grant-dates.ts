import { type Day, type Instant } from '@fidelis/kernel';
import { addToDay, endOfPeriod, nextFixedDate } from './day';
import { parseDuration } from './duration';
import type { AccountTerms, ExpiryPolicy } from './terms';
import { addDuration, dayOf, endOfDay } from './zone';

/** When points of a grant can be spent: from `availableAt` to the end of `expiresOn`. */
export interface GrantDates {
  readonly availableAt: Instant;
  /** Inclusive, in the programme's zone; absent: never. */
  readonly expiresOn?: Day;
  /** The first instant after the end of `expiresOn`. */
  readonly expiresAt?: Instant;
  /** Where points go instead of expiring to nothing. */
  readonly toWallet?: string;
}

type GrantTerms = Pick<AccountTerms, 'timeZone' | 'expiry' | 'pending'>;

/**
 * Activation and expiry of points granted at `grantedAt` (a ticket's `occurredAt`, a credit's now).
 * Activation is that date plus the pending time; expiry counts from the activation, so that pending
 * points do not lose validity. Inactivity is the account's clock, not the lot's: no date.
 */
export function resolveGrantDates(terms: GrantTerms, grantedAt: Instant): GrantDates {
  const availableAt =
    terms.pending === undefined ? grantedAt : addDuration(grantedAt, terms.pending, terms.timeZone);
  return resolveExpiry(terms, availableAt);
}

/** The same for points whose activation is known. */
export function resolveExpiry(terms: GrantTerms, availableAt: Instant): GrantDates {
  const expiresOn = expiryDay(terms, availableAt);
  if (expiresOn === undefined) return { availableAt };
  return {
    availableAt,
    expiresOn,
    expiresAt: endOfDay(expiresOn, terms.timeZone),
    ...escrowOf(terms.expiry),
  };
}

/** `toWallet` as a field, where the policy names one. */
export function escrowOf(expiry: ExpiryPolicy): { readonly toWallet?: string } {
  return expiry.policy === 'never' || expiry.toWallet === undefined
    ? {}
    : { toWallet: expiry.toWallet };
}

function expiryDay(terms: GrantTerms, availableAt: Instant): Day | undefined {
  const { expiry, timeZone } = terms;
  switch (expiry.policy) {
    case 'never':
    case 'inactivity':
      return undefined;
    case 'rolling': {
      const duration = parseDuration(expiry.after);
      // Hours count from the instant of the activation; months and days from its day.
      const from =
        duration.ms === 0
          ? availableAt
          : addDuration(availableAt, `PT${duration.ms / 1000}S`, timeZone);
      const day = addToDay(dayOf(from, timeZone), duration);
      return expiry.roundTo === undefined ? day : endOfPeriod(day, expiry.roundTo);
    }
    case 'fixed':
      return nextFixedDate(dayOf(availableAt, timeZone), expiry.dates);
  }
}

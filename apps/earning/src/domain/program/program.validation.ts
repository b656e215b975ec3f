import type { Rejection } from '@fidelis/kernel';
import { isDay, isDuration, isTimeZone, parseDuration } from '@fidelis/ledger';
import type { ProgramTerms } from './program.events';

export interface InvalidTerms extends Rejection {
  readonly code:
    | 'lowest_tier_not_zero'
    | 'too_many_tiers'
    | 'duplicate_tier'
    | 'unknown_time_zone'
    | 'unknown_currency'
    | 'invalid_period'
    | 'invalid_duration'
    | 'invalid_expiry'
    | 'invalid_wallet';
}

const currencies = new Set(Intl.supportedValuesOf('currency'));
const FIXED_DATE = /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** The first rule that `terms` break; absent: none. */
export function findInvalidTerms(terms: ProgramTerms): InvalidTerms | undefined {
  return (
    findInvalidPlace(terms) ??
    findInvalidPeriod(terms) ??
    findInvalidTiers(terms) ??
    findInvalidDurations(terms) ??
    findInvalidWallets(terms)
  );
}

export function isCurrency(code: string): boolean {
  return currencies.has(code);
}

function findInvalidPlace({ currency, timeZone }: ProgramTerms): InvalidTerms | undefined {
  if (!isCurrency(currency)) {
    return { code: 'unknown_currency', detail: `${currency} is not an ISO 4217 currency` };
  }
  if (isTimeZone(timeZone)) return undefined;
  return { code: 'unknown_time_zone', detail: `${timeZone} is not an IANA time zone` };
}

function findInvalidPeriod({ validFrom, validTo }: ProgramTerms): InvalidTerms | undefined {
  if (!isDay(validFrom)) return { code: 'invalid_period', detail: 'validFrom is not a day' };
  if (validTo === null) return undefined;
  if (!isDay(validTo)) return { code: 'invalid_period', detail: 'validTo is not a day' };
  if (validTo >= validFrom) return undefined;
  return { code: 'invalid_period', detail: 'validTo lies before validFrom' };
}

function findInvalidTiers({ type, tiers }: ProgramTerms): InvalidTerms | undefined {
  if (type === 'single' && tiers.length > 1) {
    return { code: 'too_many_tiers', detail: 'a single-tier programme has one tier' };
  }
  if (tiers[0]?.threshold !== 0) {
    return { code: 'lowest_tier_not_zero', detail: 'the lowest tier starts at 0' };
  }
  const codes = new Set(tiers.map((tier) => tier.code));
  const thresholds = new Set(tiers.map((tier) => tier.threshold));
  if (codes.size === tiers.length && thresholds.size === tiers.length) return undefined;
  return { code: 'duplicate_tier', detail: 'codes and thresholds of tiers are unique' };
}

function findInvalidDurations(terms: ProgramTerms): InvalidTerms | undefined {
  const { tierPolicy, pending, returns } = terms;
  if (!isWindow(tierPolicy.window)) {
    return { code: 'invalid_duration', detail: 'a rolling tier window lasts a day or longer' };
  }
  const durations = [
    ...(pending === null ? [] : [pending]),
    ...(returns.restore === 'original' ? [] : [returns.restore]),
    ...('after' in terms.expiry ? [terms.expiry.after] : []),
  ];
  const wrong = durations.find((duration) => !isDuration(duration));
  if (wrong !== undefined) {
    return { code: 'invalid_duration', detail: `${wrong} is not an ISO 8601 duration` };
  }
  return findInvalidExpiry(terms);
}

function isWindow(window: string): boolean {
  if (window === 'lifetime' || window === 'calendar-year') return true;
  if (!isDuration(window)) return false;
  const { months, days, ms } = parseDuration(window);
  return months + days > 0 && ms === 0;
}

function findInvalidExpiry({ expiry, wallets }: ProgramTerms): InvalidTerms | undefined {
  if (expiry.policy === 'fixed') {
    const { dates } = expiry;
    if (dates.length === 0 || !dates.every((date) => FIXED_DATE.test(date))) {
      return { code: 'invalid_expiry', detail: 'fixed dates are MM-DD, at least one' };
    }
  }
  if (expiry.policy === 'never' || expiry.toWallet === undefined) return undefined;
  if (wallets.some((wallet) => wallet.code === expiry.toWallet)) return undefined;
  return { code: 'invalid_expiry', detail: `there is no wallet ${expiry.toWallet}` };
}

function findInvalidWallets({ wallets }: ProgramTerms): InvalidTerms | undefined {
  const codes = new Set(wallets.map((wallet) => wallet.code));
  if (codes.size === wallets.length && codes.has('points')) return undefined;
  return { code: 'invalid_wallet', detail: 'wallet codes are unique, and one is "points"' };
}

import type { AccountTerms, ExpiryPolicy, FinanceTerms, RedeemRate } from '@fidelis/ledger';
import type { EarnRate, ProgramTerms, TierPolicy } from './program.events';

/** The API also writes an absent rounding as `null`. */
export type ExpiryDraft =
  | Exclude<ExpiryPolicy, { policy: 'rolling' }>
  | (Omit<Extract<ExpiryPolicy, { policy: 'rolling' }>, 'roundTo'> & {
      readonly roundTo?: 'month' | 'quarter' | 'year' | null;
    });

/** What a client may leave out. */
export interface ProgramDraft {
  readonly name: string;
  readonly type?: 'multiple' | 'single';
  readonly currency: string;
  readonly timeZone: string;
  readonly validFrom: string;
  readonly validTo?: string | null;
  readonly autoEnrol?: boolean;
  readonly enrolExisting?: boolean;
  readonly eligibility?: {
    readonly groups?: readonly string[];
    readonly territories?: readonly string[];
  };
  readonly tiers: readonly {
    readonly code: string;
    readonly name?: string;
    readonly threshold: number;
    readonly earn: EarnRate;
    readonly earnOffers?: readonly { readonly offerId: string; readonly minAmount?: number }[];
  }[];
  readonly tierPolicy?: Partial<TierPolicy>;
  readonly redeem: RedeemRate;
  readonly expiry?: ExpiryDraft;
  readonly pending?: string | null;
  readonly earnOn?: 'gross-of-tax' | 'net-of-tax';
  readonly returns?: Partial<ProgramTerms['returns']>;
  readonly wallets?: readonly {
    readonly code: string;
    readonly spendable?: boolean;
    readonly maxBalance?: number | null;
  }[];
  readonly finance?: FinanceTerms;
}

const TIER_POLICY: TierPolicy = {
  measure: 'net',
  window: 'lifetime',
  downgrade: 'none',
  noticeDays: 30,
};
const RETURNS: ProgramTerms['returns'] = { clawback: 'allow-negative', restore: 'original' };
const FLAGS = { autoEnrol: false, enrolExisting: false, validTo: null, pending: null } as const;
const KINDS = { type: 'multiple', earnOn: 'gross-of-tax' } as const;

/** A draft with the API's defaults filled in; tiers by rising threshold. */
export function withDefaults(draft: ProgramDraft): ProgramTerms {
  return {
    ...KINDS,
    ...FLAGS,
    ...draft,
    expiry: completeExpiry(draft.expiry ?? { policy: 'never' }),
    eligibility: { groups: [], territories: [], ...draft.eligibility },
    tiers: draft.tiers.map(completeTier).sort((a, b) => a.threshold - b.threshold),
    tierPolicy: { ...TIER_POLICY, ...draft.tierPolicy },
    returns: { ...RETURNS, ...draft.returns },
    wallets: (draft.wallets ?? [{ code: 'points' }]).map((wallet) => ({
      spendable: true,
      maxBalance: null,
      ...wallet,
    })),
  };
}

function completeExpiry(draft: ExpiryDraft): ExpiryPolicy {
  if (draft.policy !== 'rolling') return draft;
  const { roundTo, ...rest } = draft;
  return roundTo === undefined || roundTo === null ? rest : { ...rest, roundTo };
}

function completeTier(tier: ProgramDraft['tiers'][number]): ProgramTerms['tiers'][number] {
  const { code, name, threshold, earn, earnOffers } = tier;
  return {
    code,
    name: name ?? code,
    threshold,
    earn,
    earnOffers: (earnOffers ?? []).map(({ offerId, minAmount }) => ({
      offerId,
      minAmount: minAmount ?? 0,
    })),
  };
}

/** What the accounts of the programme must know of this version. */
export function toAccountTerms({
  programId,
  version,
  terms,
}: {
  readonly programId: string;
  readonly version: number;
  readonly terms: ProgramTerms;
}): AccountTerms {
  const { currency, timeZone, redeem, expiry, pending, returns, wallets, finance } = terms;
  return {
    programId,
    version,
    currency,
    timeZone,
    redeem,
    expiry,
    ...(pending !== null && { pending }),
    clawback: returns.clawback,
    restore: returns.restore,
    wallets: wallets.map(({ code, spendable, maxBalance }) => ({
      code,
      spendable,
      ...(maxBalance !== null && { maxBalance }),
    })),
    ...(finance !== undefined && { finance }),
  };
}

import type { Operation } from '../call';
import type {
  AccountTerms,
  Clawback,
  ExpiryPolicy,
  FinanceTerms,
  Grant,
  LotShare,
  RedeemRate,
  Source,
  WalletTerms,
} from '../terms';
import { described, list, object, optional, union, words, type Schema } from './schema';
import {
  amountMinor,
  anyText,
  count,
  currency,
  day,
  duration,
  flag,
  id,
  instant,
  monthDay,
  percent,
  points,
  positivePoints,
} from './values';

type Expiry<Policy extends ExpiryPolicy['policy']> = Extract<ExpiryPolicy, { policy: Policy }>;

const toWallet = described(anyText, 'Where points go instead of expiring to nothing');

const expiry: Schema<ExpiryPolicy> = union(
  object<Expiry<'never'>>({ policy: words('never') }),
  object<Expiry<'rolling'>>({
    policy: words('rolling'),
    after: duration,
    roundTo: optional(words('month', 'quarter', 'year')),
    toWallet: optional(toWallet),
  }),
  object<Expiry<'fixed'>>({
    policy: words('fixed'),
    dates: list(monthDay),
    toWallet: optional(toWallet),
  }),
  object<Expiry<'inactivity'>>({
    policy: words('inactivity'),
    after: duration,
    percent,
    toWallet: optional(toWallet),
  }),
);

const redeemRate = object<RedeemRate>({ points: count, worth: amountMinor });

const walletTerms = object<WalletTerms>({
  code: anyText,
  spendable: flag,
  maxBalance: optional(points),
});

const financeTerms = object<FinanceTerms>({
  expenseAccount: optional(anyText),
  costCentre: optional(anyText),
  costPerPoint: optional(
    object<NonNullable<FinanceTerms['costPerPoint']>>({ amount: amountMinor, points: count }),
  ),
});

export const clawback: Schema<Clawback> = words('allow-negative', 'within-balance', 'refuse');

export const accountTerms = object<AccountTerms>({
  programId: id,
  version: count,
  currency,
  timeZone: described(anyText, 'IANA name'),
  redeem: redeemRate,
  expiry,
  pending: optional(described(duration, 'Between grant and activation')),
  clawback,
  restore: described(anyText, '`original`, or the minimum validity of restored points'),
  wallets: list(walletTerms),
  finance: optional(financeTerms),
});

export const grant = object<Grant>({
  points: positivePoints,
  wallet: anyText,
  pointSource: anyText,
  grantedAt: instant,
  availableAt: instant,
  expiresOn: optional(described(day, 'The last day on which they can be spent')),
  expiresAt: optional(instant),
  toWallet: optional(toWallet),
});

export const source = object<Source>({
  kind: words(
    'transaction',
    'return',
    'credit',
    'debit',
    'hold',
    'offer-purchase',
    'purchase',
    'reversal',
    'adjustment',
    'expiry',
    'activation',
    'transfer',
    'merge',
  ),
  id,
});

export const lotShare = object<LotShare>({ lotId: id, points: positivePoints });

export const operation = object<Operation>({
  id: described(id, 'The same operation twice changes nothing'),
  fingerprint: optional(anyText),
  actor: optional(anyText),
});

import type { LotSpend } from './account.events';

interface Said<Code extends string> {
  readonly code: Code;
  readonly detail: string;
}

export type AccountNotFound = Said<'account_not_found'>;
export type AccountFrozenRefusal = Said<'account_frozen'>;
export type AccountClosedRefusal = Said<'account_closed'>;
export type UnknownWallet = Said<'unknown_wallet'>;
export type ExpiresBeforeAvailable = Said<'expires_before_available'>;
export type PointsLimitExceeded = Said<'points_limit_exceeded'>;
/** One command spends from so many lots at most: its event must fit the store. */
export type TooManyLots = Said<'too_many_lots'>;
export type HoldNotActive = Said<'hold_not_active'>;
export type HoldExpiryPast = Said<'hold_expiry_past'>;
export type CaptureExceedsHold = Said<'capture_exceeds_hold'>;
export type SpendNotFound = Said<'spend_not_found'>;
export type RestoreExceedsSpend = Said<'restore_exceeds_spend'>;
/** An earlier command of the membership has not arrived. */
export type NotYet = Said<'not_yet'>;
/** Never leaves the service: the decision needs the history of some lots at this very version. */
export type HistoryNeeded = Said<'history_needed'> & { readonly version: number };

export interface InsufficientPoints extends Said<'insufficient_points'> {
  readonly available: number;
  readonly requested: number;
}

export interface PointsAlreadyRedeemed extends Said<'points_already_redeemed'> {
  readonly spends: readonly LotSpend[];
}

export type AccountRejection =
  | AccountNotFound
  | AccountFrozenRefusal
  | AccountClosedRefusal
  | UnknownWallet
  | ExpiresBeforeAvailable
  | PointsLimitExceeded
  | TooManyLots
  | HoldNotActive
  | HoldExpiryPast
  | CaptureExceedsHold
  | SpendNotFound
  | RestoreExceedsSpend
  | NotYet
  | InsufficientPoints
  | PointsAlreadyRedeemed;

export const accountNotFound: AccountNotFound = {
  code: 'account_not_found',
  detail: 'there is no such account',
};

export const accountFrozen: AccountFrozenRefusal = {
  code: 'account_frozen',
  detail: 'the account is frozen: its points can be neither spent nor held',
};

export const accountClosed: AccountClosedRefusal = {
  code: 'account_closed',
  detail: 'the account is closed',
};

export function historyNeeded(version: number): HistoryNeeded {
  return { code: 'history_needed', detail: 'lots of it are no longer in the account', version };
}

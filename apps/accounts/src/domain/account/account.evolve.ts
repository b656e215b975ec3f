import {
  activate,
  draftOf,
  endHold,
  freePoints,
  grantLot,
  holdPoints,
  owe,
  repay,
  returnPoints,
  takeHeldPoints,
  takePoints,
  type Draft,
} from './account.draft';
import type {
  AccountFact,
  AccountOpened,
  AwardReversed,
  CaptureForced,
  DebtSettled,
  HoldCaptured,
  HoldReleased,
  LotPart,
  LotsEscrowed,
  PointsAwarded,
  PointsHeld,
} from './account.events';
import { NOTHING_YET, type Account, type Hold, type OpenedAccount } from './account.state';

/** Folds one stored event into the account. Total: it never rejects one. */
export function evolve(account: Account, event: AccountFact): Account {
  if (event.type === 'AccountOpened') return openedBy(event.data);
  if (account.status === 'none') return account;
  const draft = draftOf(account);
  const apply = applied[event.type] as (draft: Draft, data: AccountFact['data']) => void;
  apply(draft, event.data);
  return draft;
}

type Data<Type extends AccountFact['type']> = Extract<AccountFact, { type: Type }>['data'];

/** Exhaustive: an event without its line here does not compile. */
const applied: {
  readonly [Type in Exclude<AccountFact['type'], 'AccountOpened'>]: (
    draft: Draft,
    data: Data<Type>,
  ) => void;
} = {
  TermsReplaced: (draft, data) => {
    draft.terms = data.terms;
  },
  PointsAwarded: awarded,
  AwardDeclined: (draft, data) => mark(draft, data.sequence),
  PointsCredited: (draft, { lot, source }) => {
    if (lot !== undefined) grantLot(draft, lot, source);
  },
  PointsDebited: (draft, data) => spent(draft, data.lots),
  PointsHeld: held,
  HoldCaptured: captured,
  CaptureForced: captureForced,
  HoldReleased: released,
  HoldLapsed: released,
  LotsActivated: (draft, data) => {
    for (const part of data.lots) activate(draft, part);
  },
  LotsExpired: (draft, data) => {
    draft.lifetime.expired += takeAll(draft, data.lots);
  },
  LotsEscrowed: escrowed,
  DebtSettled: debtSettled,
  AwardReversed: reversed,
  ReversalRefused: (draft, data) => mark(draft, data.sequence),
  PointsRestored: (draft, data) => {
    for (const part of data.lots) returnPoints(draft, part);
    draft.lifetime.restored += pointsOf(data.lots);
  },
  RestoreDeclined: () => undefined,
  AccountFrozen: (draft) => {
    draft.status = 'frozen';
  },
  AccountUnfrozen: (draft) => {
    draft.status = 'open';
  },
  AccountClosed: (draft) => {
    draft.status = 'closed';
  },
};

export function openedBy(data: AccountOpened['data']): OpenedAccount {
  return {
    status: 'open',
    accountId: data.accountId,
    participantId: data.participantId,
    programId: data.programId,
    terms: data.terms,
    version: 1,
    membershipMark: data.sequence,
    active: [],
    pending: [],
    holds: [],
    debts: [],
    wallets: {},
    lifetime: NOTHING_YET,
  };
}

function awarded(draft: Draft, data: PointsAwarded['data']): void {
  for (const award of data.awards) {
    mark(draft, award.sequence);
    for (const lot of award.lots) grantLot(draft, lot, award.source);
  }
}

function spent(draft: Draft, lots: readonly LotPart[]): void {
  draft.lifetime.redeemed += takeAll(draft, lots);
}

function held(draft: Draft, data: PointsHeld['data']): void {
  for (const part of data.lots) holdPoints(draft, part);
  const { holdId, lots, expiresAt, source, reference, silent } = data;
  const hold: Hold = {
    holdId,
    lots,
    expiresAt,
    source,
    ...(reference !== undefined && { reference }),
    ...(silent !== undefined && { silent }),
  };
  draft.holds = [...draft.holds, hold];
}

function captured(draft: Draft, data: HoldCaptured['data']): void {
  // As of an instant between a ticket and its hold: the ticket is paid, the hold not made yet.
  if (!isHeld(draft, data.holdId)) {
    spent(draft, data.lots);
    return;
  }
  for (const part of data.lots) takeHeldPoints(draft, part);
  for (const part of data.released) freePoints(draft, part);
  draft.lifetime.redeemed += pointsOf(data.lots);
  endHold(draft, data.holdId);
}

function captureForced(draft: Draft, data: CaptureForced['data']): void {
  spent(draft, data.lots);
  for (const debt of data.debt) owe(draft, debt);
  draft.lifetime.redeemed += pointsOf(data.debt);
}

function released(draft: Draft, data: HoldReleased['data']): void {
  if (!isHeld(draft, data.holdId)) return;
  for (const part of data.lots) freePoints(draft, part);
  endHold(draft, data.holdId);
}

function escrowed(draft: Draft, data: LotsEscrowed['data']): void {
  draft.lifetime.transferredOut += takeAll(draft, data.lots);
  for (const part of data.into) returnPoints(draft, part);
  draft.lifetime.transferredIn += pointsOf(data.into);
}

function debtSettled(draft: Draft, data: DebtSettled['data']): void {
  for (const { lot, debt } of data.payments) {
    takePoints(draft, lot);
    repay(draft, debt);
    if (lot.wallet === debt.wallet && lot.pointSource === debt.pointSource) continue;
    draft.lifetime.transferredOut += lot.points;
    draft.lifetime.transferredIn += debt.points;
  }
}

function reversed(draft: Draft, data: AwardReversed['data']): void {
  mark(draft, data.sequence);
  draft.lifetime.reversed += takeAll(draft, data.lots) + pointsOf(data.debt);
  for (const debt of data.debt) owe(draft, debt);
  draft.lifetime.forgiven += data.forgiven;
}

function isHeld(draft: Draft, holdId: string): boolean {
  return draft.holds.some((hold) => hold.holdId === holdId);
}

function takeAll(draft: Draft, lots: readonly LotPart[]): number {
  for (const part of lots) takePoints(draft, part);
  return pointsOf(lots);
}

function mark(draft: Draft, sequence: number): void {
  draft.membershipMark = Math.max(draft.membershipMark, sequence);
}

function pointsOf(parts: readonly { readonly points: number }[]): number {
  return parts.reduce((sum, part) => sum + part.points, 0);
}

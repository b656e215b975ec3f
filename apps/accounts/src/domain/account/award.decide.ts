import { rejected, type Decision, type Instant, type Mutable } from '@fidelis/kernel';
import { awardedLotId, type Grant, type Source } from '@fidelis/ledger';
import type {
  AccountEvent,
  AccountFact,
  DeclinedPart,
  GrantedLot,
  RecordedAward,
} from './account.events';
import type { NotYet } from './account.rejections';
import { DEFAULT_WALLET, type Account, type OpenedAccount } from './account.state';
import { settleDebt } from './debt.decide';
import { beginSettled, settle } from './due.decide';
import { decided, step } from './progress';
import { GrantRoom } from './room';

export interface AwardPoints {
  readonly sequence: number;
  readonly grants: readonly Grant[];
  readonly occurredAt: Instant;
  readonly source: Source;
  readonly purchaseAmount?: number;
  readonly tier?: string;
}

/**
 * Awards of the account's membership, in the order of their sequence numbers; as many as follow
 * without a gap, those applied before are skipped. What a wallet has no room for is declined.
 */
export function awardPoints(
  awards: readonly AwardPoints[],
  now: Instant,
  account: Account,
): Decision<AccountEvent, NotYet> {
  if (account.status === 'none') return notYet('the account is not open');
  const due = dueAwards(awards, account.membershipMark);
  if (due.length === 0) {
    const last = awards.at(-1)?.sequence ?? 0;
    return last <= account.membershipMark
      ? { outcome: 'accepted', events: [] }
      : notYet(`command ${account.membershipMark + 1} of the membership comes first`);
  }
  const events = recordAwards(due, now, account);
  const recorded = events.reduce(step, beginSettled(account, now));
  const owes = recorded.account.debts.length > 0;
  const paid = owes ? settleDebt(recorded, now, grantedLotIds(events)) : recorded;
  return decided(settle(paid, now));
}

function dueAwards(awards: readonly AwardPoints[], mark: number): readonly AwardPoints[] {
  const due: AwardPoints[] = [];
  for (const award of awards) if (award.sequence === mark + due.length + 1) due.push(award);
  return due;
}

/** Keeps one event well below the store's limit of 512 KiB. */
const AWARDS_PER_EVENT_MAX = 200;

/** Awards one after the other share an event; a declined one has its own. */
function recordAwards(
  awards: readonly AwardPoints[],
  now: Instant,
  account: OpenedAccount,
): readonly AccountFact[] {
  const room = new GrantRoom(account);
  const events: AccountFact[] = [];
  let together: RecordedAward[] = [];
  const flush = (): void => {
    if (together.length > 0) {
      events.push({ type: 'PointsAwarded', data: { awards: together, at: now } });
    }
    together = [];
  };
  for (const award of awards) {
    const granted = grantWithin(room, award, { account, now });
    if (granted.declined !== undefined && granted.lots.length === 0) {
      flush();
      events.push(declinedAward(award, granted.declined));
    } else {
      together.push(recordOf(award, granted));
      if (together.length === AWARDS_PER_EVENT_MAX) flush();
    }
  }
  flush();
  return events;
}

interface Granted {
  readonly lots: readonly GrantedLot[];
  readonly declined?: DeclinedPart;
}

function grantWithin(
  room: GrantRoom,
  award: AwardPoints,
  context: { readonly account: OpenedAccount; readonly now: Instant },
): Granted {
  const { account, now } = context;
  const lots: GrantedLot[] = [];
  let declinedPoints = 0;
  award.grants.forEach((grant, index) => {
    const points = room.take(grant.wallet, grant.points);
    declinedPoints += grant.points - points;
    if (points === 0) return;
    const { accountId } = account;
    const lotId = awardedLotId({ accountId, sequence: award.sequence, index });
    lots.push(lotOf(grant, { lotId, points, pending: grant.availableAt > now }));
  });
  if (declinedPoints === 0) return { lots };
  return { lots, declined: { points: declinedPoints, code: room.reason } };
}

// Both are made for every ticket: assigned field by field, because spreading costs several times
// as much as all the rest.

function lotOf(
  grant: Grant,
  { lotId, points, pending }: { lotId: string; points: number; pending: boolean },
): GrantedLot {
  const { wallet, pointSource, grantedAt, availableAt } = grant;
  const lot: Mutable<GrantedLot> = {
    lotId,
    points,
    wallet,
    pointSource,
    grantedAt,
    availableAt,
  };
  if (grant.expiresOn !== undefined) lot.expiresOn = grant.expiresOn;
  if (grant.expiresAt !== undefined) lot.expiresAt = grant.expiresAt;
  if (grant.toWallet !== undefined) lot.toWallet = grant.toWallet;
  if (pending) lot.pending = true;
  return lot;
}

function recordOf(award: AwardPoints, { lots, declined }: Granted): RecordedAward {
  const { sequence, source, occurredAt, purchaseAmount, tier } = award;
  const record: Mutable<RecordedAward> = { sequence, source, occurredAt, lots };
  if (purchaseAmount !== undefined) record.purchaseAmount = purchaseAmount;
  if (tier !== undefined) record.tier = tier;
  if (declined !== undefined) record.declined = declined;
  return record;
}

function declinedAward(award: AwardPoints, declined: DeclinedPart): AccountFact {
  return {
    type: 'AwardDeclined',
    data: {
      sequence: award.sequence,
      source: award.source,
      declined,
      wallet: award.grants[0]?.wallet ?? DEFAULT_WALLET,
      at: award.occurredAt,
    },
  };
}

function grantedLotIds(facts: readonly AccountFact[]): readonly string[] {
  return facts.flatMap((fact) =>
    fact.type === 'PointsAwarded'
      ? fact.data.awards.flatMap((award) => award.lots.map((lot) => lot.lotId))
      : [],
  );
}

function notYet(detail: string): Decision<never, NotYet> {
  return rejected({ code: 'not_yet', detail });
}

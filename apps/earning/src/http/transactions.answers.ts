import type { LotShare } from '@fidelis/contracts';
import { awardedLotId } from '@fidelis/ledger';
import type { Award, Credit } from '../commands/award-ticket';
import type { Completed } from '../commands/complete-ticket';
import type { BatchItem } from '../commands/record-batch';
import type { TicketCommand } from '../commands/ticket';
import type {
  AcceptedReturn,
  RecordedTransaction,
  Redemption,
  Ticket,
} from '../domain/transaction';

/** What a ticket is answered with; the same again gets the same. */
export function toTicketAnswer(ticket: Ticket, { awards, offersIssued }: Completed): object {
  return {
    transactionId: ticket.transactionId,
    source: ticket.source,
    status: 'recorded',
    credited: awards.every(({ credit }) => credit.outcome === 'credited'),
    awards: awards.map((award) => toAwardAnswer(award, award.credit)),
    ...toRedemptionAnswer(ticket.redemption),
    offersIssued,
    ...toTierChange(awards),
  };
}

/** A ticket as it stands: as it was sent, what it earned, what came back. */
export function toTransactionAnswer(
  { ticket, status, returned, returns }: RecordedTransaction,
  awards: readonly (Award & { readonly credit: Credit })[],
): object {
  const { ticket: _key, memberships: _memberships, redemption, ...sent } = ticket;
  return {
    ...sent,
    status,
    credited: awards.every(({ credit }) => credit.outcome === 'credited'),
    awards: awards.map((award) => toAwardAnswer(award, award.credit)),
    ...toRedemptionAnswer(redemption),
    offersIssued: awards.flatMap(({ data }) =>
      data.offers.map(({ issuedOfferId, offerId, rule }) => ({ id: issuedOfferId, offerId, rule })),
    ),
    ...toTierChange(awards),
    returnedAmount: returned,
    returns: returns.map(toReturnAnswer),
  };
}

export function toReturnAnswer(accepted: AcceptedReturn): object {
  const { returnId, kind, amount, occurredAt, reversals, restoredPoints } = accepted;
  const sum = (points: readonly number[]) => points.reduce((total, one) => total + one, 0);
  const [first] = reversals;
  return {
    ...(kind === 'cancel' ? {} : { returnId }),
    kind,
    occurredAt,
    returnedAmount: amount,
    reversedPoints: sum(reversals.map((reversal) => reversal.reversedPoints)),
    restoredPoints,
    forgivenPoints: sum(reversals.map((reversal) => reversal.forgivenPoints)),
    tier: first?.tier ?? null,
    ...(accepted.reinstatedOffers !== undefined && { reinstatedOffers: accepted.reinstatedOffers }),
  };
}

export function toBatchAnswer({ transactionId, source }: TicketCommand, item: BatchItem): object {
  switch (item.status) {
    case 'recorded':
    case 'duplicate':
      return { transactionId, source, status: item.status };
    case 'rejected':
      return { transactionId, source, status: 'rejected', code: item.code, detail: item.detail };
    case 'unavailable':
      return { transactionId, source, status: 'rejected', code: 'unavailable' };
  }
}

function toAwardAnswer(
  { membership, data }: Pick<Award, 'membership' | 'data'>,
  credit?: Credit,
): object {
  const { tier, eligible, contributions, skipped } = data;
  const { accountId, programId } = membership;
  const declined = credit?.outcome === 'declined';
  return {
    programId,
    accountId,
    points: credit?.outcome === 'credited' ? pointsOf(credit.lots) : data.points,
    tier,
    ...(declined ? { declined: credit.code } : toLot(accountId, data)),
    eligibleAmount: eligible,
    contributions: contributions.map(({ rate: _rate, pointSource: _source, ...shown }) => shown),
    skipped,
  };
}

/** What the account had room for. */
function pointsOf(lots: readonly LotShare[]): number {
  return lots.reduce((sum, { points }) => sum + points, 0);
}

/** Of the first grant; further ones have the same dates and another point source. */
function toLot(accountId: string, { sequence, grants }: Award['data']): object {
  const [grant] = grants;
  if (grant === undefined) return {};
  const { availableAt, expiresOn } = grant;
  return {
    lotId: awardedLotId({ accountId, sequence, index: 0 }),
    availableAt,
    ...(expiresOn !== undefined && { expiresOn }),
  };
}

function toRedemptionAnswer(redemption: Redemption | undefined): object {
  if (redemption === undefined) return {};
  const { kind: _kind, accountId: _accountId, ...shown } = redemption;
  return { redemption: shown };
}

function toTierChange(awards: readonly Pick<Award, 'data'>[]): object {
  const changed = awards.find(({ data }) => data.tier !== data.tierBefore);
  if (changed === undefined) return {};
  return { tierChange: { from: changed.data.tierBefore, to: changed.data.tier } };
}

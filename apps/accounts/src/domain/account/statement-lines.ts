import type { Instant } from '@fidelis/kernel';
import type { Source } from '@fidelis/ledger';
import type {
  AccountFact,
  AwardReversed,
  DebtPart,
  DebtSettled,
  DeclinedPart,
  HoldCaptured,
  LotPart,
  PointsCredited,
  RecordedAward,
} from './account.events';
import type { EntryType, Line } from './statement';

// One case per event, most of one line.
// eslint-disable-next-line complexity
export function linesOf(event: AccountFact, eventId: string): readonly Line[] {
  const { data } = event;
  const own = (kind: Source['kind']) => ({ occurredAt: data.at, source: { kind, id: eventId } });
  switch (event.type) {
    case 'PointsAwarded':
      return event.data.awards.flatMap(awardLines);
    case 'AwardDeclined': {
      const { declined, wallet, source, at } = event.data;
      return [nothingEarned(declined, { wallet, source, occurredAt: at })];
    }
    case 'PointsCredited':
      return [creditLine(event.data)];
    case 'PointsDebited':
      return spendLines('redeem', event.data.lots, {
        ...about(event.data),
        reason: event.data.reason,
      });
    case 'PointsHeld':
      return event.data.silent ? [] : stillLines('hold', event.data.lots, about(event.data));
    case 'HoldCaptured':
      return captureLines(event.data, event.data.released, []);
    case 'CaptureForced':
      return captureLines(event.data, [], event.data.debt);
    case 'HoldReleased':
    case 'HoldLapsed':
      return event.data.silent ? [] : stillLines('release', event.data.lots, about(event.data));
    case 'LotsActivated':
      return stillLines('activate', event.data.lots, own('activation'));
    case 'LotsExpired':
      return spendLines('expire', event.data.lots, own('expiry'));
    case 'LotsEscrowed':
      return [
        ...spendLines('transfer-out', event.data.lots, own('expiry')),
        ...gainLines('transfer-in', event.data.into, own('expiry')),
      ];
    case 'DebtSettled':
      return debtLines(event.data.payments, own('transfer'));
    case 'AwardReversed':
      return reverseLines(event.data);
    case 'PointsRestored':
      return gainLines('restore', event.data.lots, about(event.data));
    default:
      return [];
  }
}

interface Context {
  readonly occurredAt: Instant;
  readonly source: Source;
  readonly reason?: string;
  readonly reference?: string;
  readonly purchaseAmount?: number;
}

interface SignedContext extends Context {
  readonly sign: 1 | -1;
}

/** Anything that lies in a wallet and belongs to a point source. */
interface Piece extends DebtPart {
  readonly lotId?: string;
}

function about(data: {
  readonly at: Instant;
  readonly source: Source;
  readonly holdId?: string;
  readonly reference?: string;
  readonly purchaseAmount?: number;
}): Context {
  const { at, reference, purchaseAmount } = data;
  return {
    occurredAt: at,
    source: sourceOf(data),
    ...(reference === undefined ? {} : { reference }),
    ...(purchaseAmount === undefined ? {} : { purchaseAmount }),
  };
}

/** A hold of a till's own is named by its id, whichever operation took, captured or ended it. */
function sourceOf({ source, holdId }: { readonly source: Source; readonly holdId?: string }) {
  return source.kind === 'hold' && holdId !== undefined ? { ...source, id: holdId } : source;
}

function awardLines(award: RecordedAward): readonly Line[] {
  const [lot] = award.lots;
  if (lot !== undefined && award.lots.length === 1) return [oneLotLine(award, lot)];
  const { source, occurredAt, tier, purchaseAmount, declined } = award;
  return gainLines('earn', award.lots, { occurredAt, source }).map((line, index) => ({
    ...line,
    ...expiryOf(award.lots.filter((lot) => lot.wallet === line.wallet)),
    ...(tier === undefined ? {} : { tier }),
    ...(purchaseAmount === undefined ? {} : { purchaseAmount }),
    ...(declined === undefined || index > 0 ? {} : { declined }),
  }));
}

/** Nearly every award is one lot: field by field, for this runs for each ticket of an import. */
function oneLotLine(award: RecordedAward, lot: RecordedAward['lots'][number]): Line {
  const { source, occurredAt, tier, purchaseAmount, declined } = award;
  const { lotId, points, wallet, pointSource, expiresOn } = lot;
  const line: { -readonly [Key in keyof Line]: Line[Key] } = {
    type: 'earn',
    points,
    wallet,
    occurredAt,
    source,
    lots: [{ lotId, points }],
    bySource: [{ pointSource, points }],
  };
  if (expiresOn !== undefined) line.expiresOn = expiresOn;
  if (tier !== undefined) line.tier = tier;
  if (purchaseAmount !== undefined) line.purchaseAmount = purchaseAmount;
  if (declined !== undefined) line.declined = declined;
  return line;
}

function creditLine(data: PointsCredited['data']): Line {
  const { lot, wallet, source, reason, declined } = data;
  const context = { ...about(data), reason };
  if (lot === undefined) return nothingEarned(declined, { ...context, wallet, source });
  const shown = declined === undefined ? {} : { declined };
  return { ...line('earn', [lot], { ...context, sign: 1 }), ...expiryOf([lot]), ...shown };
}

function nothingEarned(
  declined: DeclinedPart | undefined,
  context: Context & { readonly wallet: string },
): Line {
  const shown = declined === undefined ? {} : { amount: declined.points, declined };
  return { type: 'earn', points: 0, ...shown, ...context, lots: [], bySource: [] };
}

function captureLines(
  data: Omit<HoldCaptured['data'], 'released'>,
  released: readonly LotPart[],
  debt: readonly DebtPart[],
): readonly Line[] {
  const pieces = [...data.lots, ...debt];
  if (data.silent) return spendLines('redeem', pieces, about(data));
  const rest = stillLines('release', released, about(data));
  return [...spendLines('capture', pieces, about(data)), ...rest];
}

function reverseLines(data: AwardReversed['data']): readonly Line[] {
  const reversed = spendLines('reverse', [...data.lots, ...data.debt], about(data));
  if (data.forgiven === 0) return reversed;
  const { at: occurredAt, source, wallet } = data;
  const forgiven = { type: 'forgive', points: 0, amount: data.forgiven } as const;
  return [...reversed, { ...forgiven, wallet, occurredAt, source, lots: [], bySource: [] }];
}

/** A debt paid by its own wallet and source changes no total; another's points are moved to it. */
function debtLines(payments: DebtSettled['data']['payments'], context: Context): readonly Line[] {
  const moved = payments.filter(
    ({ lot, debt }) => lot.wallet !== debt.wallet || lot.pointSource !== debt.pointSource,
  );
  return [
    ...spendLines(
      'transfer-out',
      moved.map(({ lot }) => lot),
      context,
    ),
    ...gainLines(
      'transfer-in',
      moved.map(({ debt }) => debt),
      context,
    ),
  ];
}

function gainLines(type: EntryType, pieces: readonly Piece[], context: Context): readonly Line[] {
  return byWallet(pieces).map((group) => line(type, group, { ...context, sign: 1 }));
}

function spendLines(type: EntryType, pieces: readonly Piece[], context: Context): readonly Line[] {
  return byWallet(pieces).map((group) => line(type, group, { ...context, sign: -1 }));
}

/** Points that change their state, not the total. */
function stillLines(type: EntryType, pieces: readonly Piece[], context: Context): readonly Line[] {
  return byWallet(pieces).map((group) => ({
    ...line(type, group, { ...context, sign: 1 }),
    points: 0,
    amount: sum(group),
    bySource: [],
  }));
}

function line(type: EntryType, pieces: readonly Piece[], context: SignedContext): Line {
  const { sign, ...rest } = context;
  return {
    type,
    points: sign * sum(pieces),
    wallet: pieces[0]?.wallet ?? '',
    ...rest,
    lots: pieces.flatMap((piece) =>
      piece.lotId === undefined ? [] : [{ lotId: piece.lotId, points: piece.points }],
    ),
    bySource: bySourceOf(pieces, sign),
  };
}

function byWallet(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  if (pieces.length === 1) return [pieces];
  const groups = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const group = groups.get(piece.wallet);
    if (group === undefined) groups.set(piece.wallet, [piece]);
    else group.push(piece);
  }
  return [...groups.values()];
}

function bySourceOf(pieces: readonly Piece[], sign: number): Line['bySource'] {
  const sums = new Map<string, number>();
  for (const piece of pieces) {
    sums.set(piece.pointSource, (sums.get(piece.pointSource) ?? 0) + sign * piece.points);
  }
  return [...sums].map(([pointSource, points]) => ({ pointSource, points }));
}

/** The soonest day on which some of these expire. */
function expiryOf(lots: readonly { readonly expiresOn?: string }[]): {
  readonly expiresOn?: string;
} {
  const days = lots.flatMap((lot) => (lot.expiresOn === undefined ? [] : [lot.expiresOn])).sort();
  return days[0] === undefined ? {} : { expiresOn: days[0] };
}

function sum(pieces: readonly Piece[]): number {
  return pieces.reduce((total, piece) => total + piece.points, 0);
}

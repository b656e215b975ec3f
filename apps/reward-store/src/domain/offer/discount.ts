import { assertNever } from '@fidelis/kernel';
import { compareRatios, floorRatio, splitByLargestRemainder, sumPoints } from '@fidelis/ledger';
import type { BasketLine, Benefit, Discount, ReducedUnits, Scope, Target, Units } from './benefit';

const WHOLE_BPS = 10_000;

/**
 * What `benefit` takes off these lines, once. Returned lines (quantity or amount not positive) are
 * left out; a basket that does not qualify gets 0. Rounded down in the shop's favour, and split
 * over lines by the largest remainder.
 */
export function discountOf(
  terms: { readonly benefit: Benefit; readonly scope?: Scope | undefined },
  lines: readonly BasketLine[],
): Discount {
  const { benefit, scope } = terms;
  const bought = lines.filter((line) => line.quantity > 0 && line.amount > 0).map(inPieces);
  if (!isCountable(bought)) return toDiscount([]);
  const inScope = bought.filter((line) => isInScope(line, scope));
  switch (benefit.type) {
    case 'amountOff':
      return offTarget(inScope, benefit.target, (cost) => Math.min(benefit.amount, cost));
    case 'percentOff':
      return offTarget(inScope, benefit.target, (cost) =>
        floorRatio(cost, benefit.percentBps, WHOLE_BPS),
      );
    case 'setPrice':
      return offTarget(inScope, benefit.target, (cost) => Math.max(0, cost - benefit.amount));
    case 'buyXGetY':
      return offUnits(bought, benefit.buy, benefit.get);
    case 'freeItem':
      return offTarget(linesOf(bought, benefit.skus), 'dearest', (cost) => cost);
    case 'fulfilment':
      return toDiscount([]);
    default:
      return assertNever(benefit);
  }
}

function inPieces(line: BasketLine): BasketLine {
  return Number.isInteger(line.quantity) ? line : { ...line, quantity: 1 };
}

/** Clients may send any integers; sums beyond the bound of integers mean no basket at all. */
function isCountable(lines: readonly BasketLine[]): boolean {
  const amount = lines.reduce((sum, line) => sum + line.amount, 0);
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
  return Number.isSafeInteger(amount) && Number.isSafeInteger(pieces);
}

function isInScope(line: BasketLine, scope: Scope | undefined): boolean {
  if (scope === undefined || scope.skus.length + scope.categories.length === 0) return true;
  return (
    (line.sku !== undefined && scope.skus.includes(line.sku)) ||
    (line.category !== undefined && scope.categories.includes(line.category))
  );
}

function linesOf(lines: readonly BasketLine[], skus: readonly string[]): readonly BasketLine[] {
  return lines.filter((line) => line.sku !== undefined && skus.includes(line.sku));
}

function offTarget(
  lines: readonly BasketLine[],
  target: Target,
  reduce: (cost: number) => number,
): Discount {
  if (lines.length === 0) return toDiscount([]);
  if (target !== 'ticket') {
    const dearestLast = [...lines].sort(byUnitPrice);
    const line = target === 'cheapest' ? dearestLast[0] : dearestLast.at(-1);
    if (line === undefined) return toDiscount([]);
    return toDiscount([{ lineId: line.lineId, amount: reduce(costOf(line, 1)) }]);
  }
  const weights = lines.map((line) => line.amount);
  const parts = splitByLargestRemainder(reduce(sumPoints(weights)), weights);
  return toDiscount(lines.map(({ lineId }, index) => ({ lineId, amount: parts[index] ?? 0 })));
}

/**
 * The cheapest units of `get` are reduced, as many as leave enough units to be the ones bought: of
 * "buy two, get one" of a single sku three have to be in the basket.
 */
function offUnits(lines: readonly BasketLine[], buy: Units, get: ReducedUnits): Discount {
  const buyable = linesOf(lines, buy.skus);
  let spare = sumPoints(buyable.map((line) => line.quantity)) - buy.quantity;
  if (spare < 0) return toDiscount([]);
  let wanted = get.quantity;
  const reduced: { lineId: string; amount: number }[] = [];
  for (const line of [...linesOf(lines, get.skus)].sort(byUnitPrice)) {
    const alsoBought = buyable.includes(line);
    const units = Math.min(wanted, line.quantity, alsoBought ? spare : wanted);
    if (units === 0) continue;
    wanted -= units;
    if (alsoBought) spare -= units;
    reduced.push({ lineId: line.lineId, amount: reductionOf(costOf(line, units), units, get) });
  }
  return toDiscount(reduced);
}

function reductionOf(cost: number, units: number, get: ReducedUnits): number {
  if ('setPrice' in get) return Math.max(0, cost - get.setPrice * units);
  return floorRatio(cost, get.percentBps, WHOLE_BPS);
}

function costOf(line: BasketLine, units: number): number {
  return floorRatio(line.amount, units, line.quantity);
}

function byUnitPrice(left: BasketLine, right: BasketLine): number {
  return compareRatios(
    { numerator: left.amount, denominator: left.quantity },
    { numerator: right.amount, denominator: right.quantity },
  );
}

function toDiscount(parts: readonly { lineId: string; amount: number }[]): Discount {
  const lines = parts.filter((part) => part.amount > 0);
  return { amount: sumPoints(lines.map((line) => line.amount)), lines };
}

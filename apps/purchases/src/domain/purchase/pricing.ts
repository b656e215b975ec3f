import { ceilRatio, floorRatio, splitByLargestRemainder } from '@fidelis/ledger';

/** `points` points are worth `worth` minor units. */
export interface Rate {
  readonly points: number;
  readonly worth: number;
}

/** Points that pay an amount: rounded up. `undefined`: out of range. */
export function pointsFor(amount: number, rate: Rate): number | undefined {
  return inRange(amount, rate.points, rate.worth)
    ? ceilRatio(amount, rate.points, rate.worth)
    : undefined;
}

/** Money that points are worth: rounded down. `undefined`: out of range. */
export function moneyFor(points: number, rate: Rate): number | undefined {
  return inRange(points, rate.worth, rate.points)
    ? floorRatio(points, rate.worth, rate.points)
    : undefined;
}

/** What a price list says: quantity times price, plus shipping. `undefined`: out of range. */
export function amountOf(
  items: readonly { readonly quantity: number; readonly price?: number }[],
  shippingAmount: number,
): number | undefined {
  const sum = items.reduce(
    (total, item) => total + BigInt(item.quantity) * BigInt(item.price ?? 0),
    BigInt(shippingAmount),
  );
  return sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : undefined;
}

export interface OrderToPrice {
  readonly amount: number;
  /** The vendor's own conversion where it has one, else the programme's rate. */
  readonly rate: Rate;
}

/**
 * Points of each order. Orders of one rate are paid together: the points of their sum, rounded up
 * once, are split by the largest remainder, so a cart never costs more for being several orders.
 */
export function pointsOfOrders(orders: readonly OrderToPrice[]): readonly number[] | undefined {
  const points = orders.map(() => 0);
  for (const indexes of byRate(orders)) {
    const group = indexes.map((index) => orders[index]).filter((order) => order !== undefined);
    const amounts = group.map((order) => order.amount);
    const [first] = group;
    const sum = amountOf(
      amounts.map((price) => ({ quantity: 1, price })),
      0,
    );
    const total = first && sum !== undefined ? pointsFor(sum, first.rate) : undefined;
    if (total === undefined) return undefined;
    const shares = splitByLargestRemainder(total, amounts);
    indexes.forEach((index, share) => {
      points[index] = shares[share] ?? 0;
    });
  }
  const all = points.reduce((sum, part) => sum + BigInt(part), 0n);
  return all <= BigInt(Number.MAX_SAFE_INTEGER) ? points : undefined;
}

/** The operator's part of what a vendor is paid, in minor units, rounded down. */
export function commissionOf(amount: number, commissionBps: number): number {
  return floorRatio(amount, commissionBps, 10_000);
}

function byRate(orders: readonly OrderToPrice[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  orders.forEach(({ rate }, index) => {
    const key = `${rate.points}:${rate.worth}`;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  });
  return [...groups.values()];
}

function inRange(value: number, numerator: number, denominator: number): boolean {
  const product = BigInt(value) * BigInt(numerator);
  return product / BigInt(denominator) < BigInt(Number.MAX_SAFE_INTEGER);
}

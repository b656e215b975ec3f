/** A decimal number exactly: `units / 10^scale`. */
export interface Decimal {
  readonly units: number;
  readonly scale: number;
}

const POWERS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;
/** More decimals than any price has; keeps the arithmetic within `POWERS`. */
const SCALE_MAX = 6;
const SHAPE = /^-?\d+(?:[.,]\d+)?$/;

/**
 * Reads `-12.50` (or `-12,50` where the mark is a comma). `undefined`: it is no number of this
 * form, or too large to be exact.
 */
export function parseDecimal(text: string, mark: '.' | ','): Decimal | undefined {
  if (!SHAPE.test(text)) return undefined;
  const at = text.indexOf(mark);
  if (at < 0) return /[.,]/.test(text) ? undefined : exact(Number(text), 0);
  const scale = text.length - at - 1;
  if (scale > SCALE_MAX) return undefined;
  return exact(Number(text.slice(0, at) + text.slice(at + 1)), scale);
}

export function parseWhole(text: string): number | undefined {
  return /^-?\d+$/.test(text) ? exact(Number(text), 0)?.units : undefined;
}

/**
 * `decimal × quantity` in minor units, of which 10^`exponent` make one major unit. Half a minor
 * unit goes up, in magnitude: a cancelled line is exactly minus the line that was sold.
 * `undefined`: beyond what a number holds exactly.
 */
export function toMinor(
  { units, scale }: Decimal,
  quantity: number,
  exponent: number,
): number | undefined {
  if (scale <= exponent) return safe(units * quantity * powerOf(exponent - scale));
  const minor = halfUp(BigInt(units) * BigInt(quantity), BigInt(powerOf(scale - exponent)));
  return safe(Number(minor));
}

/** A product of integers that is safe was computed exactly. `+ 0` makes of minus zero zero. */
function safe(amount: number): number | undefined {
  return Number.isSafeInteger(amount) ? amount + 0 : undefined;
}

function halfUp(value: bigint, divisor: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n);
  return value < 0n ? -rounded : rounded;
}

function exact(units: number, scale: number): Decimal | undefined {
  return Number.isSafeInteger(units) ? { units, scale } : undefined;
}

function powerOf(exponent: number): number {
  return POWERS[exponent] ?? 10 ** exponent;
}

/** A JSON number while it is exact, decimal digits beyond ±(2^53 − 1). */
export function exactNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

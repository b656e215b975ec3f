const SHAPE = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/;

/** `1/12/2010 08:26`, day first, as an instant; `undefined` when there is no such time. */
export function toUtc(text: string): string | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const two = (group: number): string => (match[group] ?? '').padStart(2, '0');
  const wanted = `${two(3)}-${two(2)}-${two(1)}T${two(4)}:${two(5)}:00.000Z`;
  const time = new Date(wanted);
  // There is no month 13, and 31 February would roll over to March.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== wanted) return undefined;
  return wanted;
}

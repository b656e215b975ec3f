import { addMs, toInstant, type Instant } from '@fidelis/kernel';
import { validationFailed } from '@fidelis/http';
import { endOfDay, isDay, startOfDay } from '@fidelis/ledger';

const ZONE = 'UTC';

export interface Period {
  readonly from?: Instant;
  /** Exclusive. */
  readonly to?: Instant;
}

/** Instants as they are (`to` exclusive), days as whole days of UTC (`to` included). */
export function toPeriod(
  { from, to }: { readonly from?: string | null; readonly to?: string | null },
  names: { readonly from: string; readonly to: string },
): Period {
  const begin = from == null ? undefined : bound(from, { pointer: names.from, ofDay: startOfDay });
  const end = to == null ? undefined : bound(to, { pointer: names.to, ofDay: endOfDay });
  if (begin !== undefined && end !== undefined && end < addMs(begin, 1)) {
    const detail = 'must be later than the beginning';
    throw validationFailed([{ pointer: names.to, code: 'period', detail }]);
  }
  return { ...(begin !== undefined && { from: begin }), ...(end !== undefined && { to: end }) };
}

function bound(
  text: string,
  { pointer, ofDay }: { pointer: string; ofDay: (day: string, zone: string) => Instant },
): Instant {
  if (isDay(text)) return ofDay(text, ZONE);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(
    text,
  );
  if (isInstant && !Number.isNaN(Date.parse(text))) {
    const instant = toInstant(text);
    // An offset may lead out of the four-digit years, where instants no longer compare as text.
    if (/^\d{4}-/.test(instant)) return instant;
  }
  const detail = 'must be a day (YYYY-MM-DD) or an instant (RFC 3339)';
  throw validationFailed([{ pointer, code: 'instant', detail }]);
}

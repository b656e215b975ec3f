import { CommandFailure } from '../failure';
import type { Server } from './server';

/** Decimals of a currency's minor unit: 2 for EUR, 0 for JPY. */
export function exponentOf(currency: string): number {
  const options = { style: 'currency', currency } as const;
  return new Intl.NumberFormat('en', options).resolvedOptions().maximumFractionDigits ?? 2;
}

export function checkedCurrency(code: string): string {
  if (Intl.supportedValuesOf('currency').includes(code)) return code;
  throw new CommandFailure(`--currency ${code}: not an ISO 4217 currency such as EUR`);
}

/** The currency of the only programme; a text that says why there is none. */
export async function currencyOfOnlyProgram(
  server: Server,
): Promise<{ readonly currency: string } | { readonly missing: string }> {
  const { data } = (await server.getJson('/v1/programs?limit=2')) as {
    readonly data: readonly { readonly currency: string }[];
  };
  const [first, second] = data;
  if (first === undefined) {
    return {
      missing:
        'there is no programme yet: create one (POST /v1/programs), or name the currency of the ' +
        'amounts with --currency',
    };
  }
  if (second === undefined) return { currency: first.currency };
  return {
    missing: 'there are several programmes: name the currency of the amounts with --currency',
  };
}

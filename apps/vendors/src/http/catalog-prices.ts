import { GetProgramTerms } from '@fidelis/contracts';
import { ceilRatio } from '@fidelis/ledger';
import type { Platform } from '@fidelis/service';
import type { CatalogRow } from '../projections/catalog/catalog.query';

interface ProgramRate {
  readonly points: number;
  readonly worth: number;
  readonly currency: string;
}

/**
 * Prices in points, rounded up: at the vendor's own conversion, else at the programme's rate (the
 * one that was named, or the only one there is; several and none named: no points).
 */
export class CatalogPrices {
  private program: Promise<ProgramRate | undefined> | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly programId: string | undefined,
  ) {}

  async of({ vendor, ...row }: CatalogRow): Promise<object> {
    const needsProgram = vendor.conversion === undefined || vendor.currency === undefined;
    const program = needsProgram ? await this.programRate() : undefined;
    const rate = vendor.conversion ?? program;
    const currency = vendor.currency ?? program?.currency;
    const points = rate === undefined ? undefined : pointsFor(row.price, rate);
    return {
      ...row,
      vendorName: vendor.name,
      ...(currency !== undefined && { currency }),
      ...(points !== undefined && { points }),
    };
  }

  private programRate(): Promise<ProgramRate | undefined> {
    this.program ??= this.load();
    return this.program;
  }

  private async load(): Promise<ProgramRate | undefined> {
    const { programId } = this;
    const now = this.platform.clock.now();
    const asked = { now, ...(programId !== undefined && { programId }) };
    const terms = await this.platform.calls.call(GetProgramTerms, asked);
    return terms === null ? undefined : { ...terms.redeem, currency: terms.currency };
  }
}

/** `undefined`: beyond what can be counted exactly. */
function pointsFor(
  price: number,
  { points, worth }: { readonly points: number; readonly worth: number },
): number | undefined {
  const exact = (BigInt(price) * BigInt(points)) / BigInt(worth);
  return exact < BigInt(Number.MAX_SAFE_INTEGER) ? ceilRatio(price, points, worth) : undefined;
}

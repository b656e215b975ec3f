import type { VendorTerms } from '@fidelis/contracts';
import type { RegisteredVendor } from '../domain/vendor';

/** What other services may know of a vendor: no adapter, no secret. */
export function toVendorTerms(vendor: RegisteredVendor): VendorTerms {
  const { vendorId, name, kind, conversion, commissionBps, settlement, limits } = vendor;
  return {
    vendorId,
    name,
    kind,
    commissionBps,
    ...(conversion !== undefined && { conversion }),
    ...(settlement !== undefined && { settlement }),
    ...(limits !== undefined && { limits }),
  };
}

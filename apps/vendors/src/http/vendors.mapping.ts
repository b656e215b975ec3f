import { validationFailed } from '@fidelis/http';
import { canonicalJson } from '@fidelis/kernel';
import type { RegisteredVendor, StoredAdapter, Vendor, VendorDetails } from '../domain/vendor';
import type { SecretSealer } from '../secrets/secret-sealer';
import type { AdapterBody, VendorBody } from './vendors.requests';

/** What a client asked for, with the secret sealed. `known`: the vendor that a PUT revises. */
export function toVendorDetails(
  body: VendorBody,
  { sealer, known }: { readonly sealer: SecretSealer; readonly known: Vendor },
): VendorDetails {
  const { name, kind, conversion, commissionBps, settlement, limits } = body;
  const secret = body.adapter?.secret ?? secretOf(known, sealer);
  return {
    name,
    kind,
    commissionBps: commissionBps ?? 0,
    ...(body.adapter !== undefined && { adapter: toAdapter(body.adapter, secret, sealer) }),
    ...(conversion !== undefined && { conversion }),
    ...(settlement !== undefined && { settlement }),
    ...(limits !== undefined && { limits }),
  };
}

/** Two sealings of one secret differ, so adapters are compared with their secrets opened. */
export function sameAdapterAs(
  details: VendorDetails,
  sealer: SecretSealer,
): (vendor: RegisteredVendor) => boolean {
  const opened = (adapter: StoredAdapter | undefined): string => {
    if (adapter === undefined) return '';
    const { sealedSecret, ...rest } = { sealedSecret: undefined, ...adapter };
    const secret = sealedSecret === undefined ? undefined : sealer.open(sealedSecret);
    return canonicalJson({ ...rest, secret });
  };
  return (vendor) => opened(vendor.adapter) === opened(details.adapter);
}

/** The secret that signs the vendor's callbacks; `undefined`: it has none. */
export function secretOf(vendor: Vendor, sealer: SecretSealer): string | undefined {
  if (vendor.phase === 'absent') return undefined;
  const sealed = vendor.adapter?.sealedSecret;
  return sealed === undefined ? undefined : sealer.open(sealed);
}

export function toVendorAnswer(vendor: RegisteredVendor): object {
  const { vendorId, version, name, kind, conversion, commissionBps } = vendor;
  const { settlement, limits, adapter } = vendor;
  return {
    id: vendorId,
    version,
    name,
    kind,
    commissionBps,
    ...(adapter !== undefined && { adapter: withoutSecret(adapter) }),
    ...(conversion !== undefined && { conversion }),
    ...(settlement !== undefined && { settlement }),
    ...(limits !== undefined && { limits }),
  };
}

function withoutSecret(adapter: StoredAdapter): object {
  const { sealedSecret, ...shown } = { sealedSecret: undefined, ...adapter };
  return { ...shown, hasSecret: sealedSecret !== undefined };
}

function toAdapter(
  body: AdapterBody,
  secret: string | undefined,
  sealer: SecretSealer,
): StoredAdapter {
  const { type, baseUrl, secret: _secret, ...behaviour } = body;
  if (type === 'http') {
    if (baseUrl === undefined) throw missing('baseUrl');
    if (secret === undefined) throw missing('secret');
    return { type, baseUrl: baseUrl.replace(/\/+$/, ''), sealedSecret: sealer.seal(secret) };
  }
  return {
    type,
    ...behaviour,
    ...(secret !== undefined && { sealedSecret: sealer.seal(secret) }),
  };
}

function missing(name: string): Error {
  const detail = `an http adapter needs a ${name}`;
  return validationFailed([{ pointer: `/adapter/${name}`, code: 'required', detail }]);
}

import { Agent } from 'undici';
import type { RegisteredVendor, StoredAdapter } from '../domain/vendor';
import type { SecretSealer } from '../secrets/secret-sealer';
import { HttpVendor } from './http-vendor';
import { SandboxVendor } from './sandbox-vendor';
import type { VendorAdapter } from './vendor-adapter';

/** Connections kept alive per vendor. */
const CONNECTIONS_MAX = 16;

interface Connected {
  readonly version: number;
  readonly adapter: VendorAdapter;
}

/** One adapter per vendor and version, so that its circuit breaker remembers. */
export class VendorAdapters {
  private readonly connected = new Map<string, Connected>();
  private readonly agent = new Agent({ connections: CONNECTIONS_MAX });

  constructor(private readonly sealer: SecretSealer) {}

  of(vendor: RegisteredVendor): VendorAdapter {
    const known = this.connected.get(vendor.vendorId);
    if (known?.version === vendor.version) return known.adapter;
    const adapter = this.connect(vendor.adapter ?? { type: 'sandbox' });
    this.connected.set(vendor.vendorId, { version: vendor.version, adapter });
    return adapter;
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private connect(stored: StoredAdapter): VendorAdapter {
    if (stored.type === 'sandbox') return new SandboxVendor(stored);
    return new HttpVendor({
      baseUrl: stored.baseUrl,
      secret: this.sealer.open(stored.sealedSecret),
      agent: this.agent,
    });
  }
}

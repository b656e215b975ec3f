import type { ShippingAddress } from '@fidelis/contracts';

/**
 * Where orders go: personal data, so it is kept beside the events, handed to the vendors service
 * by a call, and erased as soon as the vendors have answered.
 */
export interface ShippingAddresses {
  /** Resolves when it is on disk. */
  keep(purchaseId: string, address: ShippingAddress): Promise<void>;
  find(purchaseId: string): Promise<ShippingAddress | null>;
  /** Erasing what is not there is fine. */
  erase(purchaseId: string): Promise<void>;
}

/** Of a dry run, which keeps no address. */
export class RehearsedShipping implements ShippingAddresses {
  constructor(private readonly kept: ShippingAddresses) {}

  keep(): Promise<void> {
    return Promise.resolve();
  }

  find(purchaseId: string): Promise<ShippingAddress | null> {
    return this.kept.find(purchaseId);
  }

  erase(): Promise<void> {
    return Promise.resolve();
  }
}

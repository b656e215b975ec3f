import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShippingAddress } from '@fidelis/contracts';
import type { ShippingAddresses } from './shipping-addresses';

/** A file per purchase, as data folders had them before: what lies there is still found and erased. */
export class FormerShippingFiles implements Omit<ShippingAddresses, 'keep'> {
  constructor(private readonly dataDir: string) {}

  async find(purchaseId: string): Promise<ShippingAddress | null> {
    try {
      return JSON.parse(await readFile(this.fileOf(purchaseId), 'utf8')) as ShippingAddress;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async erase(purchaseId: string): Promise<void> {
    await rm(this.fileOf(purchaseId), { force: true });
  }

  private fileOf(purchaseId: string): string {
    return join(this.dataDir, 'shipping-addresses', `${encodeURIComponent(purchaseId)}.json`);
  }
}

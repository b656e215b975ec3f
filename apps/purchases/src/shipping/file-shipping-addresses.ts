import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShippingAddress } from '@fidelis/contracts';
import { newId } from '@fidelis/kernel';
import type { ShippingAddresses } from './shipping-addresses';

/** One small file per purchase that is under way, readable by this user only. */
export class FileShippingAddresses implements ShippingAddresses {
  private readonly folder: string;

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'shipping-addresses');
  }

  async keep(purchaseId: string, address: ShippingAddress): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const draft = `${this.fileOf(purchaseId)}.${newId()}`;
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify(address));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.fileOf(purchaseId));
  }

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
    return join(this.folder, `${encodeURIComponent(purchaseId)}.json`);
  }
}

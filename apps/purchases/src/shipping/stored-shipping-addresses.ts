import type { Kysely } from 'kysely';
import type { ShippingAddress } from '@fidelis/contracts';
import { prepareTables } from '@fidelis/read-model';
import type { FormerShippingFiles } from './former-shipping-files';
import type { ShippingAddresses } from './shipping-addresses';
import { createShippingAddresses, type ShippingAddressTables } from './shipping-addresses.table';

/** One row per purchase that is under way, apart from the views. */
export class StoredShippingAddresses implements ShippingAddresses {
  private created: Promise<void> | undefined;

  constructor(
    private readonly db: Kysely<ShippingAddressTables>,
    private readonly former?: FormerShippingFiles,
  ) {}

  async keep(purchaseId: string, address: ShippingAddress): Promise<void> {
    const json = JSON.stringify(address);
    const db = await this.ready();
    await db
      .insertInto('shipping_addresses')
      .values({ purchase_id: purchaseId, address: json })
      .onConflict((conflict) => conflict.column('purchase_id').doUpdateSet({ address: json }))
      .execute();
  }

  async find(purchaseId: string): Promise<ShippingAddress | null> {
    const db = await this.ready();
    const row = await db
      .selectFrom('shipping_addresses')
      .select('address')
      .where('purchase_id', '=', purchaseId)
      .executeTakeFirst();
    if (row !== undefined) return JSON.parse(row.address) as ShippingAddress;
    return (await this.former?.find(purchaseId)) ?? null;
  }

  async erase(purchaseId: string): Promise<void> {
    const db = await this.ready();
    await db.deleteFrom('shipping_addresses').where('purchase_id', '=', purchaseId).execute();
    await this.former?.erase(purchaseId);
  }

  private async ready(): Promise<Kysely<ShippingAddressTables>> {
    this.created ??= prepareTables(this.db, createShippingAddresses).catch((error: unknown) => {
      this.created = undefined;
      throw error;
    });
    await this.created;
    return this.db;
  }
}

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnDatabases } from '@fidelis/infra';
import { FormerShippingFiles } from './former-shipping-files';
import type { ShippingAddressTables } from './shipping-addresses.table';
import { StoredShippingAddresses } from './stored-shipping-addresses';

const address = { name: 'Ann', lines: ['1 High Street'], city: 'York', country: 'GB' } as never;
const other = { name: 'Ann', lines: ['2 Low Street'], city: 'Leeds', country: 'GB' } as never;

describeOnDatabases('shipping addresses', (databases) => {
  it('are kept until they are erased, for every replica', async () => {
    const db = databases.open<ShippingAddressTables>();
    const [one, two] = [new StoredShippingAddresses(db), new StoredShippingAddresses(db)];
    await Promise.all([one.keep('p1', address), two.keep('p2', other)]);
    expect(await two.find('p1')).toEqual(address);
    await one.keep('p1', other);
    expect(await two.find('p1')).toEqual(other);
    await two.erase('p1');
    await two.erase('p1');
    expect(await one.find('p1')).toBeNull();
    expect(await one.find('p2')).toEqual(other);
  });

  it('are still found in the files of an older data folder, and erased there', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'fidelis-shipping-'));
    const folder = join(dataDir, 'shipping-addresses');
    mkdirSync(folder);
    writeFileSync(join(folder, 'p%2F1.json'), JSON.stringify(address));
    const db = databases.open<ShippingAddressTables>();
    const addresses = new StoredShippingAddresses(db, new FormerShippingFiles(dataDir));
    expect(await addresses.find('p/1')).toEqual(address);
    await addresses.erase('p/1');
    expect(await addresses.find('p/1')).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(dataDir, { recursive: true });
  });
});

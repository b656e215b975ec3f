import type { Settings } from '@fidelis/config';

export interface VendorsConfig {
  /** Seals vendors' secrets; absent: a key file in the data folder. */
  readonly secretsKey: string | undefined;
}

export function toVendorsConfig(settings: Pick<Settings, 'vendorSecretsKey'>): VendorsConfig {
  return { secretsKey: settings.vendorSecretsKey };
}

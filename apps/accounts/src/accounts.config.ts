import type { Settings } from '@fidelis/config';

export interface AccountsConfig {
  /** Keys the hashes by which events name external ids; absent: a key file in the data folder. */
  readonly personalDataKey?: string;
}

export function toAccountsConfig(settings: Pick<Settings, 'personalDataKey'>): AccountsConfig {
  const { personalDataKey } = settings;
  return personalDataKey === undefined ? {} : { personalDataKey };
}

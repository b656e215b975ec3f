import type { Settings } from '@fidelis/config';

export interface AccountsConfig {
  /** Keys the hashes by which events name external ids; absent: a key file in the data folder. */
  readonly personalDataKey?: string;
}

export function toAccountsConfig(settings: Pick<Settings, 'personalDataKey'>): AccountsConfig {
  const { personalDataKey } = settings;
  return personalDataKey === undefined ? {} : { personalDataKey };
}

/** How long another replica may take to enrol whom it registered: as long as one call to earning. */
export const ENROLMENT_GRACE_MS = 5_000;

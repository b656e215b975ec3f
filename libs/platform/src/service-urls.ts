import type { Settings } from '@fidelis/config';
import { CONTROLLED_SERVICES, type ControlledService, type ServiceName } from '@fidelis/contracts';

const settingOf = {
  accounts: 'accountsUrl',
  earning: 'earningUrl',
  'reward-store': 'rewardStoreUrl',
  purchases: 'purchasesUrl',
  vendors: 'vendorsUrl',
  reconciliation: 'reconciliationUrl',
} as const satisfies Record<ControlledService, keyof Settings>;

/** Where the replicas of every service behind the gateway listen. */
export function serviceUrls(settings: Settings): ReadonlyMap<ServiceName, readonly string[]> {
  return new Map(CONTROLLED_SERVICES.map((service) => [service, settings[settingOf[service]]]));
}

import { accountsViews } from '@fidelis/accounts/views';
import { earningViews } from '@fidelis/earning/views';
import { purchasesViews } from '@fidelis/purchases/views';
import { reconciliationViews } from '@fidelis/reconciliation/views';
import { rewardStoreViews } from '@fidelis/reward-store/views';
import type { ServiceViews } from '@fidelis/service/views';
import { vendorsViews } from '@fidelis/vendors/views';

/** Of all services. */
export const allViews: readonly ServiceViews[] = [
  accountsViews,
  earningViews,
  rewardStoreViews,
  purchasesViews,
  vendorsViews,
  reconciliationViews,
];

export const allPublishers = allViews.flatMap(({ flow }) =>
  flow.publishes.map(({ publisher }) => publisher),
);

import { accountsViews } from '@fidelis/accounts/views';
import { earningViews } from '@fidelis/earning/views';
import { PublisherRoutes } from '@fidelis/messaging';
import { purchasesViews } from '@fidelis/purchases/views';
import { reconciliationViews } from '@fidelis/reconciliation/views';
import { rewardStoreViews } from '@fidelis/reward-store/views';
import type { MessageView, ServiceViews } from '@fidelis/service/views';
import { vendorsViews } from '@fidelis/vendors/views';

/** What the view thread feeds. It imports these and nothing else of the services. */
export const allViews: readonly ServiceViews[] = [
  accountsViews,
  earningViews,
  rewardStoreViews,
  purchasesViews,
  vendorsViews,
  reconciliationViews,
];

export const viewPublishers = allViews.flatMap(({ flow }) =>
  flow.publishes.map(({ publisher }) => publisher),
);

export function routesOf({ contracts }: Pick<MessageView, 'contracts'>): PublisherRoutes {
  return new PublisherRoutes(viewPublishers, contracts);
}

/** Of everything that is fed: the view thread reads no other events. */
export const viewCategories: readonly string[] = [
  ...new Set(
    allViews.flatMap(({ projections, schedules, messageViews }) => [
      ...[...projections, ...schedules].flatMap(({ categories }) => categories),
      ...messageViews.flatMap((view) => routesOf(view).categories),
    ]),
  ),
];

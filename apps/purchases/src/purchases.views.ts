import { anyView, type ServiceViews } from '@fidelis/service/views';
import { purchaseDeadlines } from './processes/settle-purchases.process';
import { purchaseList } from './projections/purchase-list/purchase-list.projection';
import { purchasesFlow } from './purchases.flow';

export const purchasesViews: ServiceViews = {
  flow: purchasesFlow,
  projections: [anyView(purchaseList)],
  schedules: [purchaseDeadlines],
  messageViews: [],
};

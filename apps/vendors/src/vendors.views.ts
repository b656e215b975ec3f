import { anyView, type ServiceViews } from '@fidelis/service/views';
import { orderDeadlines } from './processes/vendor-order.process';
import { catalog } from './projections/catalog/catalog.projection';
import { vendorsFlow } from './vendors.flow';

export const vendorsViews: ServiceViews = {
  flow: vendorsFlow,
  projections: [anyView(catalog)],
  schedules: [orderDeadlines],
  messageViews: [],
};

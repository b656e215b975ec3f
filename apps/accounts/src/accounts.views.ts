import { anyView, type ServiceViews } from '@fidelis/service/views';
import { accountsFlow } from './accounts.flow';
import { accountDue } from './processes/due.timer';
import { entriesProjection } from './projections/entries/entries.projection';

export const accountsViews: ServiceViews = {
  flow: accountsFlow,
  projections: [anyView(entriesProjection)],
  schedules: [accountDue],
  messageViews: [],
};

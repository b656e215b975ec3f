import type { ServiceViews } from '@fidelis/service/views';
import { earningFlow } from './earning.flow';

/** None of its own; others make theirs of what it publishes. */
export const earningViews: ServiceViews = {
  flow: earningFlow,
  ...{ projections: [], schedules: [], messageViews: [] },
};

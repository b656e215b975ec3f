export { reconciliationFlow } from './reconciliation.flow';
export { ReconciliationModule } from './reconciliation.module';
export { messageViews } from './reconciliation.views';

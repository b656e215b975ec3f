export { messageViews } from './reconciliation-views';
export { reconciliationFlow } from './reconciliation.flow';
export { ReconciliationModule } from './reconciliation.module';

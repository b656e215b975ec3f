export { purchasesFlow } from './purchases.flow';
export { PurchasesModule } from './purchases.module';

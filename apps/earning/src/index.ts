export { earningFlow } from './earning.flow';
export { EarningModule } from './earning.module';

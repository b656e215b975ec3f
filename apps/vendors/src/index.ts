export { vendorsFlow } from './vendors.flow';
export { VendorsModule } from './vendors.module';

import 'reflect-metadata';
import { runService } from '@fidelis/service-host';
import { VendorsModule } from './vendors.module';
import { vendorsFlow } from './vendors.flow';

runService({ module: VendorsModule, flow: vendorsFlow });

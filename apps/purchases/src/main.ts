import 'reflect-metadata';
import { runService } from '@fidelis/service-host';
import { PurchasesModule } from './purchases.module';
import { purchasesFlow } from './purchases.flow';

runService({ module: PurchasesModule, flow: purchasesFlow });

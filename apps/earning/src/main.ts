import 'reflect-metadata';
import { runService } from '@fidelis/service-host';
import { EarningModule } from './earning.module';
import { earningFlow } from './earning.flow';

runService({ module: EarningModule, flow: earningFlow });

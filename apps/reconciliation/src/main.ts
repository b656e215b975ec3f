import 'reflect-metadata';
import { runService } from '@fidelis/service-host';
import { ReconciliationModule } from './reconciliation.module';
import { reconciliationFlow } from './reconciliation.flow';

runService({ module: ReconciliationModule, flow: reconciliationFlow });

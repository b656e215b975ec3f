import 'reflect-metadata';
import { runUntilSignal } from '@fidelis/service-host';
import { startGateway } from './process/start-gateway';

runUntilSignal('gateway', startGateway);

import { ServiceRuntime } from '@fidelis/service';
import type { RewardStoreTables } from './projections/issued-offers/issued-offers.table';

/** This service's runtime: a class of its own, so that it is its own injection token. */
export class RewardStoreRuntime extends ServiceRuntime<RewardStoreTables> {}

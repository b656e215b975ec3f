import { ServiceRuntime } from '@fidelis/service';

/** This service's runtime: a class of its own, so that it is its own injection token. */
export class EarningRuntime extends ServiceRuntime {}

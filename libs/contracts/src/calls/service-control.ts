import type { Instant } from '@fidelis/kernel';
import { defineCall, type CallContract, type ServiceName } from '../call';

export interface ReachHeadRequest {
  /** The position that counts; absent: the store's head when the question comes. */
  readonly head?: number;
  readonly deadlineMs: number;
}

export interface RunDueRequest {
  readonly now: Instant;
}

/** What every service does for the whole installation, whichever of its replicas is asked. */
export interface ServiceControl {
  /**
   * Answers when the service's views, processes, timers and consumer groups have taken in every
   * event up to the head; `OperationalError` after the deadline.
   */
  readonly reachHead: CallContract<ReachHeadRequest, { readonly reached: true }>;
  /** Does what is due at an instant; answers how much that was. */
  readonly runDue: CallContract<RunDueRequest, { readonly settled: number }>;
}

/** The services that own streams, views or groups: all but the gateway. */
export const CONTROLLED_SERVICES = [
  'accounts',
  'earning',
  'reward-store',
  'purchases',
  'vendors',
  'reconciliation',
] as const satisfies readonly ServiceName[];

export type ControlledService = (typeof CONTROLLED_SERVICES)[number];

const controls = new Map<ServiceName, ServiceControl>(
  CONTROLLED_SERVICES.map((service) => [
    service,
    {
      reachHead: defineCall<ReachHeadRequest, { readonly reached: true }>(service, 'reach-head'),
      runDue: defineCall<RunDueRequest, { readonly settled: number }>(service, 'run-due'),
    },
  ]),
);

/** The same contracts each time: direct calls find their handler by the contract itself. */
export function controlOf(service: ControlledService): ServiceControl {
  const control = controls.get(service);
  if (control === undefined) throw new RangeError(`${service} is not controlled`);
  return control;
}

import { defineCall, type CallContract, type ServiceName } from '../call';
import { CONTROLLED_SERVICES } from './service-control';

export interface RehearseRequest {
  /** The call's name, among those that the service answers. */
  readonly name: string;
  readonly request: unknown;
  /** Recorded events: what the rehearsal wrote last, on top of what is stored. */
  readonly written: readonly object[];
}

export interface Rehearsed {
  readonly answer: unknown;
  /** What the call wrote beyond that, and those whom it asked. */
  readonly written: readonly object[];
}

const rehearsals = new Map<ServiceName, CallContract<RehearseRequest, Rehearsed>>(
  CONTROLLED_SERVICES.map((service) => [
    service,
    defineCall<RehearseRequest, Rehearsed>(service, 'rehearse'),
  ]),
);

/**
 * For dry runs: the service answers one of its calls as if the events of the rehearsal were stored,
 * and stores nothing. The rehearsal travels with the question, so any replica may answer it.
 */
export function rehearseOf(service: ServiceName): CallContract<RehearseRequest, Rehearsed> {
  const rehearsal = rehearsals.get(service);
  if (rehearsal === undefined) throw new RangeError(`${service} answers no calls`);
  return rehearsal;
}

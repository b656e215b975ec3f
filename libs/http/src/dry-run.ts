import { Answered } from './answer';
import type { EdgeRequest } from './edge/edge-request';
import { Flag, Optional } from './fields/fields';

/** Of every POST that may be rehearsed. */
export class DryRunQuery {
  /** Answers the same with `simulated: true`, and writes nothing. */
  @Optional() @Flag() readonly dryRun?: boolean;
}

/** A service that can be put together over writes that nobody else sees. */
export interface Rehearsable<Service> {
  rehearsal(): Service;
}

/** Of an endpoint whose query is a `DryRunQuery`. */
export function isDryRun({ query }: EdgeRequest): boolean {
  return (query as DryRunQuery).dryRun === true;
}

/** Does it, or shows what it would have done: the same code on a rehearsal of the service. */
export function doneOrRehearsed<Service extends Rehearsable<Service>, Answer extends object>(
  service: Service,
  request: EdgeRequest,
  act: (service: Service) => Promise<Answer>,
): Promise<Answer> {
  return isDryRun(request) ? act(service.rehearsal()).then(simulated) : act(service);
}

function simulated<Answer extends object>(answer: Answer): Answer {
  if (!(answer instanceof Answered)) return { ...answer, simulated: true };
  const body = { ...(answer.body as object), simulated: true };
  return new Answered(answer.status, body, answer.headers) as Answered<unknown> as Answer;
}

import type { ServiceName } from '@fidelis/contracts';
import { START, type Position } from '@fidelis/event-store';

/** How far a client has each service's messages. */
export type Positions = ReadonlyMap<ServiceName, Position>;

const ID_LENGTH_MAX = 512;
const PART = /^([a-z-]{1,40}):(-1|\d{1,16})$/;
const ONE_FOR_ALL = /^\d{1,16}$/;

/** The id of an event of the merged stream: opaque to clients. */
export function toEventId(positions: Positions): string {
  return [...positions].map(([service, position]) => `${service}:${position}`).join();
}

/**
 * `undefined`: this was never an id of ours. A service that the id does not name came later: all
 * of its messages are new. A bare number is an id of a process that ran all services.
 */
export function fromEventId(id: string, services: readonly ServiceName[]): Positions | undefined {
  if (id.length > ID_LENGTH_MAX) return undefined;
  if (ONE_FOR_ALL.test(id)) return allAt(Number(id), services);
  const named = new Map<string, Position>();
  for (const part of id.split(',')) {
    const [, service, position] = PART.exec(part) ?? [];
    if (service === undefined) return undefined;
    named.set(service, Number(position));
  }
  return new Map(services.map((service) => [service, named.get(service) ?? START]));
}

export function allAt(position: Position, services: readonly ServiceName[]): Positions {
  return new Map(services.map((service) => [service, position]));
}

import { accepted, rejected, type Decision, type Instant, type Rejection } from '@fidelis/kernel';
import type { PointSourceDefined } from './point-source.events';
import type { PointSource } from './point-source.state';

export interface PointSourceExists extends Rejection {
  readonly code: 'already_exists';
}

export interface DefinePointSource {
  readonly pointSourceId: string;
  readonly name: string;
  readonly now: Instant;
}

/** The same again changes nothing. */
export function definePointSource(
  { pointSourceId, name, now: at }: DefinePointSource,
  pointSource: PointSource,
): Decision<PointSourceDefined, PointSourceExists> {
  if (pointSource.status === 'none') {
    return accepted({ type: 'PointSourceDefined', data: { pointSourceId, name, at } });
  }
  if (pointSource.name === name) return accepted();
  const detail = `point source ${pointSourceId} has another name`;
  return rejected({ code: 'already_exists', detail });
}

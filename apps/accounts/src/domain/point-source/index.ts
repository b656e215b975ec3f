import type { Aggregate } from '@fidelis/kernel';
import type { PointSourceEvent } from './point-source.events';
import { evolve, none, type PointSource } from './point-source.state';

export * from './point-source.decide';
export * from './point-source.events';
export type { PointSource } from './point-source.state';

export const pointSourceAggregate: Aggregate<PointSource, PointSourceEvent> = {
  category: 'pointSource',
  initial: none,
  evolve,
};

import type { PointSourceEvent } from './point-source.events';

/** The pot that a grant comes from; reports split by it. */
export type PointSource =
  | { readonly status: 'none' }
  | { readonly status: 'defined'; readonly pointSourceId: string; readonly name: string };

export const none: PointSource = { status: 'none' };

export function evolve(_: PointSource, event: PointSourceEvent): PointSource {
  const { pointSourceId, name } = event.data;
  return { status: 'defined', pointSourceId, name };
}

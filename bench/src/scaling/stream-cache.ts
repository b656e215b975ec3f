import { drawOf, randomOf } from './random';

export interface StreamCacheOptions {
  /** Of all streams that one replica is asked for. */
  readonly shares: Float64Array;
  readonly cachedStreamsMax: number;
  readonly commands: number;
  readonly seed?: number;
}

/**
 * Share of commands that find their stream in memory, once the cache is full: two generations, as
 * `RecentlyUsed` of `@fidelis/aggregates` keeps them.
 */
export function hitShare({
  shares,
  cachedStreamsMax,
  commands,
  seed = 1,
}: StreamCacheOptions): number {
  const draw = drawOf(shares, randomOf(seed));
  let [young, old] = [new Set<number>(), new Set<number>()];
  let hits = 0;
  const warmUp = commands;
  for (let n = 0; n < warmUp + commands; n += 1) {
    const stream = draw();
    if (young.has(stream)) {
      if (n >= warmUp) hits += 1;
      continue;
    }
    if (n >= warmUp && old.has(stream)) hits += 1;
    if (young.size >= cachedStreamsMax / 2) [old, young] = [young, new Set()];
    young.add(stream);
  }
  return hits / commands;
}

/** Events that are read for a command on average: half an interval, for each that finds nothing. */
export function eventsReadPerCommand(hits: number, snapshotEveryEvents: number): number {
  return (1 - hits) * (snapshotEveryEvents / 2);
}

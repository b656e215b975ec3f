import { randomOf } from './random';

/**
 * The busiest partition's load as a multiple of the mean, when each key goes to a partition by
 * chance, as a hash does. A topic as a whole carries the capacity of one consumer, times the
 * number of partitions, divided by this.
 */
export function skewOf(shares: Float64Array, partitions: number, seed = 1): number {
  const random = randomOf(seed);
  const loads = new Float64Array(partitions);
  for (const share of shares) {
    const partition = Math.floor(random() * partitions);
    loads[partition] = (loads[partition] ?? 0) + share;
  }
  return Math.max(...loads) * partitions;
}

/** As `skewOf`, of each replica, when partitions are dealt out in turns. */
export function replicaSkew(partitions: number, replicas: number): number {
  return (Math.ceil(partitions / replicas) * replicas) / partitions;
}

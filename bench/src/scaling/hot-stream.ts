import { randomOf } from './random';

export interface HotStreamOptions {
  readonly perSecond: number;
  /** From the decision until the next one may begin: an append with its answer. */
  readonly appendMs: number;
  /** Commands that one append may take together: 1 for calls, up to 1,000 for messages. */
  readonly togetherMax: number;
  readonly commands: number;
  readonly seed?: number;
}

export interface HotStreamResult {
  readonly appends: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Longest queue that a new command met. */
  readonly queueMax: number;
}

/** One stream takes one append at a time; who comes meanwhile waits, and goes with the next one. */
export function hotStream(options: HotStreamOptions): HotStreamResult {
  const arrivals = arrivalsOf(options);
  const waits: number[] = [];
  let [free, next, appends, queueMax] = [0, 0, 0, 0];
  while (next < arrivals.length) {
    const begin = Math.max(free, arrivals[next] ?? 0);
    let here = next;
    while (here < arrivals.length && (arrivals[here] ?? Infinity) <= begin) here += 1;
    queueMax = Math.max(queueMax, here - next);
    const end = begin + options.appendMs;
    const taken = Math.min(here, next + options.togetherMax);
    for (; next < taken; next += 1) waits.push(end - (arrivals[next] ?? 0));
    appends += 1;
    free = end;
  }
  waits.sort((a, b) => a - b);
  const at = (share: number): number => waits[Math.floor((waits.length - 1) * share)] ?? 0;
  return { appends, p50Ms: at(0.5), p99Ms: at(0.99), queueMax };
}

/** Poisson: what many tills send that know nothing of each other. */
function arrivalsOf({ perSecond, commands, seed = 1 }: HotStreamOptions): Float64Array {
  const random = randomOf(seed);
  let at = 0;
  return Float64Array.from({ length: commands }, () => {
    at += (-Math.log(1 - random()) * 1000) / perSecond;
    return at;
  });
}

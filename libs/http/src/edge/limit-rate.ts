import { commonProblem } from '../problems/common-problems';
import type { Problem } from '../problems/problem';
import type { EdgeRequest } from './edge-request';

/** More callers than this at once: the least recently refilled ones start with a full bucket. */
const BUCKETS_MAX = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

export type RateLimit = (request: EdgeRequest) => Problem | undefined;

/** A token bucket per caller: `perSecond` on average, twice that in a burst. */
export function rateLimit(perSecond: number | undefined): RateLimit {
  if (perSecond === undefined) return () => undefined;
  const buckets = new Map<string, Bucket>();
  return ({ caller }) => {
    if (caller === undefined || takeToken(buckets, caller.keyId, perSecond)) return undefined;
    const headers = { 'retry-after': '1' };
    return commonProblem('rate_limited', `at most ${perSecond} requests a second`, { headers });
  };
}

function takeToken(buckets: Map<string, Bucket>, key: string, perSecond: number): boolean {
  const now = performance.now();
  const bucket = buckets.get(key) ?? { tokens: 2 * perSecond, at: now };
  bucket.tokens = Math.min(2 * perSecond, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
  bucket.at = now;
  buckets.delete(key);
  buckets.set(key, bucket);
  if (buckets.size > BUCKETS_MAX) {
    for (const oldest of buckets.keys()) {
      buckets.delete(oldest);
      break;
    }
  }
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

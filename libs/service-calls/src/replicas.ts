import type { Liveness } from './liveness';
import { Patience, type PatienceOptions } from './patience';

/** For so long a replica that did not answer is asked only when no other one is left. */
const AVOIDED_MS = 1000;

/**
 * The replicas of one service, in the order in which they are to be asked. What belongs together
 * (an account, a participant) goes to one replica while that is well: its cache is warm and its
 * queue orders the appends, so replicas do not get into each other's way. When one is away, only
 * what was its own goes elsewhere. All of it saves time; nothing depends on it.
 */
export class Replicas {
  private turn = 0;
  private readonly awayUntil = new Map<string, number>();
  private readonly seeds: ReadonlyMap<string, number>;

  constructor(
    private readonly urls: readonly string[],
    private readonly liveness: Liveness,
  ) {
    this.seeds = new Map(urls.map((url) => [url, hashOf(url, FNV_OFFSET)]));
  }

  /** Without a key they take turns. */
  inOrderFor(
    key: string | undefined,
    mayAsk: (url: string) => boolean = () => true,
  ): readonly string[] {
    const urls = this.urls.filter(mayAsk);
    if (urls.length < 2) return urls;
    const ordered = key === undefined ? this.inTurn(urls) : this.byScore(urls, key);
    if (this.awayUntil.size === 0) return ordered;
    const away = ordered.filter((url) => this.isAway(url));
    return [...ordered.filter((url) => !away.includes(url)), ...away];
  }

  /**
   * The answer of one replica; whether its failure makes others go first, the caller says
   * (`couldNotReach`). The signal aborts when waiting for it makes no sense any more.
   */
  async ask<Answer>(
    url: string,
    until: Pick<PatienceOptions, 'mayLeave' | 'deadline'>,
    send: (signal: AbortSignal | undefined) => Promise<Answer>,
  ): Promise<Answer> {
    const patience = new Patience({ ...until, url, liveness: this.liveness });
    try {
      return await send(patience.signal);
    } finally {
      patience.over();
    }
  }

  couldNotReach(url: string): void {
    this.awayUntil.set(url, performance.now() + AVOIDED_MS);
  }

  reached(url: string): void {
    if (this.awayUntil.size > 0) this.awayUntil.delete(url);
  }

  private isAway(url: string): boolean {
    const until = this.awayUntil.get(url);
    if (until === undefined) return false;
    if (until <= performance.now()) void this.tryAgain(url);
    return true;
  }

  // No request is risked on it: one that is stopped would keep it waiting.
  private async tryAgain(url: string): Promise<void> {
    this.awayUntil.set(url, Number.POSITIVE_INFINITY);
    if (await this.liveness.of(url)) this.reached(url);
    else this.couldNotReach(url);
  }

  private inTurn(urls: readonly string[]): readonly string[] {
    const first = this.turn++ % urls.length;
    return [...urls.slice(first), ...urls.slice(0, first)];
  }

  // Rendezvous hashing: each key has an order of its own, the same in every process.
  private byScore(urls: readonly string[], key: string): readonly string[] {
    const scored = urls.map((url) => ({
      url,
      score: mixed(hashOf(key, this.seeds.get(url) ?? FNV_OFFSET)),
    }));
    return scored.sort((a, b) => b.score - a.score).map(({ url }) => url);
  }
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a, going on from `seed`. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  }
  return hash;
}

/** MurmurHash3's last step: without it the order would be nearly the same for similar keys. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

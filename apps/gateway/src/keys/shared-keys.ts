import { setTimeout as sleep } from 'node:timers/promises';
import type { Authenticator, Caller } from '@fidelis/http';
import type { ApiKeys } from './api-keys';

export interface SharedKeysOptions {
  readonly onError: (error: unknown) => void;
  /** How long a revoked key may still count: 400. */
  readonly followEveryMs?: number;
}

const FOLLOW_EVERY_MS = 400;
/** A token that nobody knew is not asked about again for so long. */
const UNKNOWN_MS = 1000;
const UNKNOWN_MAX = 10_000;
/** Guesses must not keep the database busy; beyond this a new key counts with the next look. */
const LOOKUPS_MAX = 20;

/**
 * Keys that several gateways share by their database. One that another gateway made is found when
 * it is used first; one that it revoked ends with the next look, within a second.
 */
export class SharedKeys implements Authenticator {
  private readonly unknownUntil = new Map<string, number>();
  private lookups = 0;
  private readonly closing = new AbortController();
  private readonly following: Promise<void>;

  constructor(
    private readonly keys: ApiKeys,
    private readonly options: SharedKeysOptions,
  ) {
    this.following = this.follow();
  }

  authenticate(token: string): Caller | undefined {
    return this.keys.authenticate(token);
  }

  async lookUp(token: string): Promise<Caller | undefined> {
    const now = performance.now();
    if ((this.unknownUntil.get(token) ?? 0) > now || this.lookups >= LOOKUPS_MAX) return undefined;
    this.lookups += 1;
    try {
      const caller = await this.keys.find(token);
      if (caller === undefined) this.remember(token, now + UNKNOWN_MS);
      return caller;
    } finally {
      this.lookups -= 1;
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.following;
  }

  private remember(token: string, until: number): void {
    if (this.unknownUntil.size >= UNKNOWN_MAX) this.unknownUntil.clear();
    this.unknownUntil.set(token, until);
  }

  private async follow(): Promise<void> {
    const { followEveryMs = FOLLOW_EVERY_MS, onError } = this.options;
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.keys.refresh().catch(onError);
      await sleep(followEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

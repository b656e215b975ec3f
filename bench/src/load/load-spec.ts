/** What the load generator shall send; it runs in a process of its own. */
export interface LoadSpec {
  readonly kind: 'echo' | 'tickets' | 'balances';
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly apiKey: string;
  /** Distinguishes this run's ticket ids from every other run's. */
  readonly run: string;
  /** External ids of the participants that tickets name in turn. */
  readonly participants: readonly string[];
  /** Accounts whose balances are read in turn. */
  readonly accounts: readonly string[];
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers as they should be: for tickets 201 and credited. */
  readonly good: number;
  readonly bad: number;
  /** The first bad answer, to see what is wrong. */
  readonly firstBad?: string;
}

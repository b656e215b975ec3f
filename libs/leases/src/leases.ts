/** What only one of several replicas may do at a time. */
export interface LeasedWork {
  /** Begins the work. A failure is tried again as long as the lease is held. */
  start(): Promise<void>;
  /** Ends it; resolves when nothing of it goes on. Called too after a `start` that failed. */
  stop(): Promise<void>;
}

export interface HeldLease {
  /** `true` while this process may do the work: by its own clock the lease has not ended. */
  readonly isHeld: boolean;
  /**
   * Resolves when it is known for the first time who does the work, and, if this process does, its
   * `start` has ended; rejects with the failure of that first `start`.
   */
  readonly settled: Promise<void>;
  /** Stops the work, then hands the lease over at once. */
  release(): Promise<void>;
}

/**
 * Port: who of several replicas does what only one may do. A lease is not a lock: a process that
 * was paused may do a little after its lease went to another one, so the work itself must fence
 * (views: by a conditional checkpoint; commands: by expected revisions and operation ids).
 */
export interface Leases {
  /** Runs the work whenever this process holds the lease of this name. Once per name. */
  hold(name: string, work: LeasedWork): HeldLease;
  /** Releases every lease. */
  close(): Promise<void>;
}

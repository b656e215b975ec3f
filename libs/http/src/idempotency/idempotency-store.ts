/** An answer that is given again to the same request with the same key. */
export interface StoredAnswer {
  /** Content hash of the request. */
  readonly fingerprint: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly storedAt: string;
}

/**
 * Answers by operation id. Losing the last moments costs nothing but the header: the retry runs
 * again under the same operation id and the aggregate answers the same. So adapters may write
 * behind.
 */
export interface IdempotencyStore {
  find(id: string): Promise<StoredAnswer | undefined>;
  /** A promise is waited for before the answer leaves; it does not reject. */
  put(id: string, answer: StoredAnswer): Promise<void> | void;
  /** Where several processes answer: `false` while another one runs this request. */
  claim?(id: string): Promise<boolean>;
  /** Ends a claim; also one that was never given. Does not reject. */
  release?(id: string): Promise<void> | void;
}

/** For a service behind a gateway that keeps the answers: there keys only make operation ids. */
export const NO_ANSWERS_KEPT: IdempotencyStore = {
  find: () => Promise.resolve(undefined),
  put: () => undefined,
};

export const KEPT_DAYS = 30;
/** A larger answer is not kept; its retry runs again. */
export const ANSWER_BYTES_MAX = 256 * 1024;

/** For tests and for hosts without a disk. Bounded: the oldest answers leave first. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  private readonly answers = new Map<string, StoredAnswer>();

  constructor(private readonly answersMax = 10_000) {}

  find(id: string): Promise<StoredAnswer | undefined> {
    return Promise.resolve(this.answers.get(id));
  }

  put(id: string, answer: StoredAnswer): void {
    this.answers.set(id, answer);
    if (this.answers.size <= this.answersMax) return;
    for (const oldest of this.answers.keys()) {
      this.answers.delete(oldest);
      return;
    }
  }
}

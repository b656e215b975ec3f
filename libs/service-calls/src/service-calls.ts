import type { CallContract } from '@fidelis/contracts';
import type { Eventually } from '@fidelis/kernel';

/**
 * Asks another service. Errors: `OperationalError` (away, too slow; `outcomeUnknown` when it may
 * have acted: ask again with the same operation id). A business "no" is part of the answer.
 */
export interface ServiceCalls {
  call<Request, Answer>(
    contract: CallContract<Request, Answer>,
    request: Request,
    options?: CallOptions,
  ): Eventually<Answer>;
}

export interface CallOptions {
  /** Default `CALL_DEADLINE_MS`. */
  readonly deadlineMs?: number;
}

/** A hold or an award takes milliseconds; beyond this the caller's own client gives up. */
export const CALL_DEADLINE_MS = 5000;

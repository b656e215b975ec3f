import { HttpException } from '@nestjs/common';
import { ContractError, Defect, OperationalError } from '@fidelis/kernel';
import { MessageRefused } from '../consumer';

/** How a group's messages are handed out. Every bound has a default and a reason. */
export interface DeliveryOptions {
  /** Handlers of single messages that run at once: group commit needs company. */
  readonly lanesMax: number;
  /** Batch handlers that run at once: one decides while another waits for its disk. */
  readonly batchLanesMax: number;
  /** Messages in one call of a batch handler: bounds how long it keeps the event loop. */
  readonly batchSizeMax: number;
  /** On a busy feed batches are gathered so long; somebody who waits for them ends that. */
  readonly batchLingerMs: number;
  /** Messages taken and not done: bounds memory. */
  readonly queuedMax: number;
  /** From the oldest message not done to the newest taken: bounds what a crash redelivers. */
  readonly spanMax: number;
  /** How long `OperationalError` is retried: a database may be away for a night. */
  readonly operationalRetryMs: number;
  /** Attempts at a message that fails for a reason that nobody foresaw. */
  readonly unforeseenAttemptsMax: number;
  readonly backOffFirstMs: number;
  readonly backOffMaxMs: number;
  /** How long `close` waits for handlers in flight. */
  readonly closeWaitMs: number;
}

export const DELIVERY_DEFAULTS: DeliveryOptions = {
  lanesMax: 16,
  batchLanesMax: 4,
  batchSizeMax: 1_000,
  batchLingerMs: 500,
  queuedMax: 8_000,
  spanMax: 500_000,
  operationalRetryMs: 24 * 3_600_000,
  unforeseenAttemptsMax: 5,
  backOffFirstMs: 50,
  backOffMaxMs: 15_000,
  closeWaitMs: 10_000,
};

/** What a failure asks for. */
export type Verdict = 'retry' | 'retry-few' | 'dead-letter' | 'crash';

export function verdictOn(error: unknown): Verdict {
  if (error instanceof Defect) return 'crash';
  if (error instanceof OperationalError) return 'retry';
  if (error instanceof ContractError || isRefusedByNest(error)) return 'dead-letter';
  return 'retry-few';
}

/** A pipe or guard said no (`HttpException` 4xx): the same message will be refused again. */
function isRefusedByNest(error: unknown): boolean {
  if (!(error instanceof HttpException)) return false;
  const status: number = error.getStatus();
  return status >= 400 && status < 500;
}

/** Grows from the first to the maximum; ±20 % so that keys that failed together part. */
export function backOffMs(attempt: number, options: DeliveryOptions): number {
  const grown = options.backOffFirstMs * 2 ** Math.min(attempt - 1, 20);
  return Math.min(grown, options.backOffMaxMs) * (0.8 + Math.random() * 0.4);
}

export function reasonOf(error: unknown): string {
  if (error instanceof MessageRefused) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

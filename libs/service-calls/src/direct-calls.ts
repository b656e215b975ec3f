import { pathOf, type CallTable } from './call-table';
import { OperationalError, type Eventually } from '@fidelis/kernel';
import type { CallContract } from '@fidelis/contracts';
import type { CallOptions, ServiceCalls } from './service-calls';

/**
 * The other service lives in this process: its handler is called with the request as it is.
 * Requests and answers are shared objects: both sides treat them as frozen.
 */
export class DirectCalls implements ServiceCalls {
  constructor(private readonly table: CallTable) {}

  call<Request, Answer>(
    contract: CallContract<Request, Answer>,
    request: Request,
    options: CallOptions = {},
  ): Eventually<Answer> {
    const handler = this.table.find(contract);
    if (handler === undefined) {
      return Promise.reject(new OperationalError(`${pathOf(contract)} is not answered here`));
    }
    const answer = handler(request) as Eventually<Answer>;
    return options.deadlineMs === undefined || !(answer instanceof Promise)
      ? answer
      : withDeadline(answer, options.deadlineMs, pathOf(contract));
  }
}

/** Rejects with an unknown outcome when `work` takes longer; the work itself goes on. */
export function withDeadline<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new OperationalError(`${what}: no answer within ${deadlineMs} ms`, {
          outcomeUnknown: true,
        }),
      );
    }, deadlineMs);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new OperationalError(String(error)));
      },
    );
  });
}

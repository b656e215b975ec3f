/** Fails for now: conflict, time-out, broker away. Retried within bounds, then 503. */
export class OperationalError extends Error {
  /** `true` when the work may have been done all the same (a deadline, a lost answer). */
  readonly outcomeUnknown: boolean;

  constructor(message: string, options: { cause?: unknown; outcomeUnknown?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.name = 'OperationalError';
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

/** Cannot be parsed or breaks its contract: 400 at the edge, a dead letter on a topic. */
export class ContractError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ContractError';
  }
}

/** A broken invariant. Crashes the process; never swallowed. */
export class Defect extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Defect';
  }
}

export function assertInvariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Defect(message);
}

/** For the default branch of an exhaustive switch. */
export function assertNever(value: never): never {
  throw new Defect(`unexpected value ${JSON.stringify(value)}`);
}

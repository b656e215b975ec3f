export type ServiceName =
  'gateway' | 'accounts' | 'earning' | 'reward-store' | 'purchases' | 'vendors' | 'reconciliation';

/**
 * One question that a service answers for another. Always safe to repeat: commands carry an
 * operation id. `Answer` is plain JSON; a business "no" is a value of it.
 */
export interface CallContract<Request, Answer> {
  readonly service: ServiceName;
  /** Kebab-case; with the service it is the path of the HTTP adapter. */
  readonly name: string;
  /** What it is about: calls with one key go to one replica while that is well. */
  about?(request: Request): string | undefined;
  /** Its answer rests on nothing that a dry run may write: a dry run asks as everybody does. */
  readonly standing?: true;
  /** Type carriers only; never set. */
  readonly requestType?: Request;
  readonly answerType?: Answer;
}

export function defineCall<Request, Answer>(
  service: ServiceName,
  name: string,
  options: Pick<CallContract<Request, Answer>, 'about' | 'standing'> = {},
): CallContract<Request, Answer> {
  return { service, name, ...options };
}

/** A business "no" across services; `code` as in the API, further fields help the client. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly available?: number;
  readonly requested?: number;
  readonly status?: string;
  readonly spends?: readonly SpendOfLot[];
}

/** A spend or hold that stands in the way of a reversal under `refuse`. */
export interface SpendOfLot {
  readonly entryId: string;
  readonly points: number;
  readonly source: { readonly kind: string; readonly id: string };
}

export type Answered<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** An operation as it crosses services: its id, and who acted where somebody did for another. */
export interface Operation {
  readonly id: string;
  /** Content hash; the same id with another fingerprint is refused. */
  readonly fingerprint?: string;
  readonly actor?: string;
}

/**
 * Stands beside the answer of a process that did not look at the request: a 503 because it shuts
 * down, or a 404 with `NO_ENDPOINT`. Another replica may be asked at once, whatever was asked.
 */
export const NOT_BEGUN_HEADER = 'x-fidelis-not-begun';
/** Its value where the replica is well, but of a version without this endpoint. */
export const NO_ENDPOINT = 'no-endpoint';

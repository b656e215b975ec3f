/** What an aggregate says to a command. A rule that says no is a value, never thrown. */
export type Decision<E, R extends Rejection = never> =
  | {
      readonly outcome: 'accepted';
      readonly events: readonly E[];
      /** The state after the events, where the decision had to fold them to be made. */
      readonly folded?: unknown;
    }
  | { readonly outcome: 'rejected'; readonly rejection: R };

/**
 * Why a rule says no. `code` is stable and shown to clients; further fields help them
 * (`available`, `requested`). Domain code knows nothing of HTTP: the edge maps codes to statuses.
 */
export interface Rejection {
  readonly code: string;
  readonly detail: string;
}

/** `accepted()` without events says: this was done already, nothing changes. */
export function accepted<E>(...events: readonly E[]): Decision<E> {
  return { outcome: 'accepted', events };
}

export function rejected<const R extends Rejection>(rejection: R): Decision<never, R> {
  return { outcome: 'rejected', rejection };
}

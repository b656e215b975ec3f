import type { Kysely, Transaction } from 'kysely';
import type { RecordedEvent } from '@fidelis/event-store';

/**
 * A view: tables that are a pure function of the events of some categories. `Tables` is the
 * service's whole database type.
 */
export interface Projection<Tables> {
  /** Kebab-case, unique in its service; the checkpoint's key. */
  readonly name: string;
  readonly categories: readonly string[];
  /** Every table it owns: a rebuild drops them. */
  readonly tables: readonly string[];
  /** Creates the tables if they are absent. */
  readonly create: (db: Kysely<Tables>) => Promise<void>;
  /**
   * Applies a batch in order. Rows and checkpoint are committed together, so each event counts
   * exactly once. Collect rows and insert them in bulk: a statement per event is slow.
   */
  readonly apply: (trx: Transaction<Tables>, events: readonly RecordedEvent[]) => Promise<void>;
}

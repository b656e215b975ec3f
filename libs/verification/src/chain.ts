import { chainHash } from '@fidelis/aggregates';
import type { RecordedEvent } from '@fidelis/event-store';

/** The last event of a stream that was found sound. */
export interface ChainHead {
  readonly revision: number;
  /** Absent: the stream has no hash chain. */
  readonly hash?: string;
}

/** Streams that must have a hash chain: without it, taking all hashes away would go unnoticed. */
export const CHAINED_CATEGORIES: ReadonlySet<string> = new Set(['account']);

export type ChainFault = 'revision-gap' | 'hash-missing' | 'hash-mismatch';

/**
 * Does the event follow the head? Its revision is the next one, and its hash is made of the
 * previous hash and everything that it says.
 */
export function checkLink(
  head: ChainHead | undefined,
  event: RecordedEvent,
): ChainFault | undefined {
  const { stream, revision, id, type, data, metadata } = event;
  if (revision !== (head?.revision ?? -1) + 1) return 'revision-gap';
  if (metadata.hash === undefined) {
    const isChained = CHAINED_CATEGORIES.has(event.category) || head?.hash !== undefined;
    return isChained ? 'hash-missing' : undefined;
  }
  const { recordedAt, operationId } = metadata;
  const expected = chainHash({
    ...{ previousHash: head?.hash, stream, revision, id, type, data },
    ...{ recordedAt, operationId },
  });
  return metadata.hash === expected ? undefined : 'hash-mismatch';
}

export function headAt({ revision, metadata: { hash } }: RecordedEvent): ChainHead {
  return hash === undefined ? { revision } : { revision, hash };
}

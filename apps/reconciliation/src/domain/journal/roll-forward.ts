import type { PointsKind } from './line';

/** Points of one kind, signed as they changed the total, before a period and within it. */
export interface KindSum {
  readonly kind: string;
  readonly before: bigint;
  readonly within: bigint;
  readonly forgiven: bigint;
}

export interface RollForward {
  readonly opening: bigint;
  readonly earned: bigint;
  readonly reversed: bigint;
  readonly redeemed: bigint;
  readonly restored: bigint;
  readonly expired: bigint;
  readonly adjusted: bigint;
  readonly transferredIn: bigint;
  readonly transferredOut: bigint;
  readonly mergedIn: bigint;
  readonly mergedOut: bigint;
  readonly closing: bigint;
  readonly forgiven: bigint;
}

/**
 * `closing = opening + earned − reversed − redeemed + restored − expired + adjusted + transferredIn
 * − transferredOut + mergedIn − mergedOut`.
 */
export function rollForwardOf(sums: readonly KindSum[]): RollForward {
  const within = (...kinds: readonly PointsKind[]): bigint =>
    sums.reduce((sum, row) => (isOneOf(row.kind, kinds) ? sum + row.within : sum), 0n);
  const opening = sums.reduce((sum, row) => sum + row.before, 0n);
  const lines = {
    earned: within('earn'),
    reversed: -within('reverse'),
    redeemed: -within('redeem', 'capture'),
    restored: within('restore'),
    expired: -within('expire'),
    adjusted: within('adjust'),
    transferredIn: within('transfer-in'),
    transferredOut: -within('transfer-out'),
    mergedIn: within('merge-in'),
    mergedOut: -within('merge-out'),
  };
  const closing =
    opening +
    (lines.earned - lines.reversed - lines.redeemed + lines.restored - lines.expired) +
    (lines.adjusted + lines.transferredIn - lines.transferredOut) +
    (lines.mergedIn - lines.mergedOut);
  const forgiven = sums.reduce((sum, row) => sum + row.forgiven, 0n);
  return { opening, ...lines, closing, forgiven };
}

function isOneOf(kind: string, kinds: readonly string[]): boolean {
  return kinds.includes(kind);
}

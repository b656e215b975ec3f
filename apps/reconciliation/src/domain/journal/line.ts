import type { Instant } from '@fidelis/kernel';

/** Movements of points, as the account's statement names them. */
export type PointsKind =
  | 'earn'
  | 'reverse'
  | 'redeem'
  | 'capture'
  | 'restore'
  | 'expire'
  | 'adjust'
  | 'transfer-in'
  | 'transfer-out'
  | 'merge-in'
  | 'merge-out';

/** Movements of money alone. */
export type MoneyKind =
  /** A vendor's order was paid with points: money is owed to the vendor. */
  | 'settlement'
  | 'settlement-reversal'
  /** New terms value the same points otherwise. */
  | 'remeasurement';

/** `forgive` is a memorandum: nothing moved, so it has no postings. */
export type LineKind = PointsKind | MoneyKind | 'forgive';

/** Where points were spent, or came back from: redeemed value is accounted for apart. */
export type Channel = 'tickets' | 'offers' | 'purchases' | 'direct';

/** What postings are made of. Linear: sums of lines of one kind and sign post like one line. */
export interface Movement {
  readonly kind: LineKind;
  readonly wallet: string;
  readonly channel: Channel;
  readonly vendorId: string | null;
  readonly currency: string;
  /** Signed change of the account's total. */
  readonly points: bigint;
  /** Minor units: signed change of the liability; of a settlement the order's amount, unsigned. */
  readonly amount: bigint;
  /** Minor units, the part of a settlement that the vendor leaves to the programme. */
  readonly commission: bigint;
}

/** One line of the journal: one entry of an account and one point source, or one vendor order. */
export interface Line extends Omit<Movement, 'points' | 'amount' | 'commission'> {
  readonly entryId: string;
  readonly accountId: string;
  readonly programId: string;
  /** Of the programme's terms in force; 0: unknown, the line has no money. */
  readonly termsVersion: number;
  readonly pointSource: string;
  readonly points: number;
  readonly forgiven: number;
  readonly amount: number;
  readonly commission: number;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  /** The stored event that it comes from, and the line's place among that event's lines. */
  readonly stream: string;
  readonly revision: number;
  readonly line: number;
  readonly eventId: string;
}

/** Which of the basket's items a benefit is for. */
export interface Scope {
  /** Empty: every sku. */
  readonly skus: readonly string[];
  /** Empty: every category. A line is in scope when its sku or its category is named. */
  readonly categories: readonly string[];
}

/** The whole ticket, or one unit of it. */
export type Target = 'ticket' | 'cheapest' | 'dearest';

/** What an offer gives. Amounts in minor units, of the ticket's currency. */
export type Benefit =
  | { readonly type: 'amountOff'; readonly amount: number; readonly target: Target }
  | { readonly type: 'percentOff'; readonly percentBps: number; readonly target: Target }
  /** One unit for `amount`. */
  | {
      readonly type: 'setPrice';
      readonly amount: number;
      readonly target: 'cheapest' | 'dearest';
    }
  | { readonly type: 'buyXGetY'; readonly buy: Units; readonly get: ReducedUnits }
  /** One unit of these, the dearest, for nothing. */
  | { readonly type: 'freeItem'; readonly skus: readonly string[] }
  /** Nothing off a ticket: the offer itself is the goods. */
  | { readonly type: 'fulfilment'; readonly channel: 'digital' | 'pick-up' | 'courier' };

/** `quantity` units, in any mix of these skus. */
export interface Units {
  readonly skus: readonly string[];
  readonly quantity: number;
}

/** Units for a share less (10,000: free), or for a price each. */
export type ReducedUnits = Units &
  ({ readonly percentBps: number } | { readonly setPrice: number });

export interface BasketLine {
  readonly lineId: string;
  readonly sku?: string;
  readonly category?: string;
  /** What is sold by weight has a fraction, and counts as one piece. */
  readonly quantity: number;
  /** Minor units, of the whole line. */
  readonly amount: number;
}

export interface Discount {
  /** Minor units; the sum of `lines`. Never more than the lines cost. */
  readonly amount: number;
  readonly lines: readonly { readonly lineId: string; readonly amount: number }[];
}

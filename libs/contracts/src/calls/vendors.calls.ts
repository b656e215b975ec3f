import { defineCall, type Answered } from '../call';

export interface VendorTerms {
  readonly vendorId: string;
  readonly name: string;
  readonly kind: 'portfolio' | 'external';
  /** Overrides the programme's redeem rate. */
  readonly conversion?: { readonly points: number; readonly worth: number };
  /** 1/100 %; the vendor owes it to the operator out of what it is paid. */
  readonly commissionBps: number;
  readonly settlement?: { readonly period: string; readonly currency: string };
  readonly limits?: {
    readonly itemsPerOrder?: number;
    readonly valuePerOrder?: number;
    /** At most `value` minor units within any `period` (ISO 8601 duration, rolling). */
    readonly perParticipant?: { readonly value: number; readonly period: string };
  };
}

/** `null`: no such vendor. */
export const GetVendor = defineCall<{ readonly vendorId: string }, VendorTerms | null>(
  'vendors',
  'get-vendor',
  { standing: true },
);

export interface OrderItem {
  readonly sku: string;
  readonly quantity: number;
}

export interface Quote {
  readonly vendor: VendorTerms;
  readonly items: readonly (OrderItem & { readonly name: string; readonly price: number })[];
  /** Minor units, without shipping. */
  readonly amount: number;
  /** Of the vendor's prices; absent: the programme's. */
  readonly currency?: string;
}

/** Today's price and stock. Refusals: `unknown_sku`, `price_or_stock_changed`, `not_found`. */
export const QuoteItems = defineCall<
  {
    readonly vendorId: string;
    /** `price`: what the client believes one piece costs; another price today is refused. */
    readonly items: readonly (OrderItem & { readonly price?: number })[];
  },
  Answered<Quote>
>('vendors', 'quote-items', { standing: true });

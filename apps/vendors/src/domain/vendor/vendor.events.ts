// Stored format of vendor streams: add event types or upcast old ones, never edit.
import type { Instant } from '@fidelis/kernel';

/** How orders reach the vendor. The secret is sealed before it gets here, and never leaves again. */
export type StoredAdapter =
  | { readonly type: 'http'; readonly baseUrl: string; readonly sealedSecret: string }
  | ({ readonly type: 'sandbox'; readonly sealedSecret?: string } & SandboxBehaviour);

/** A vendor inside this process, to try things out: how it behaves. */
export interface SandboxBehaviour {
  /** What it says to an order; `silent`: nothing; `acknowledge`: a callback will tell. */
  readonly answer?: 'accept' | 'refuse' | 'silent' | 'acknowledge';
  /** What it says to a cancellation. */
  readonly cancellation?: 'accept' | 'refuse' | 'silent';
  readonly refuseSkus?: readonly string[];
  readonly silentSkus?: readonly string[];
  /** How long it thinks, in real time. */
  readonly delayMs?: number;
}

export interface VendorDetails {
  readonly name: string;
  readonly kind: 'portfolio' | 'external';
  readonly adapter?: StoredAdapter;
  /** `points` points are `worth` minor units; overrides the programme's rate. */
  readonly conversion?: { readonly points: number; readonly worth: number };
  readonly commissionBps: number;
  readonly settlement?: { readonly period: string; readonly currency: string };
  readonly limits?: {
    readonly itemsPerOrder?: number;
    readonly valuePerOrder?: number;
    readonly perParticipant?: { readonly value: number; readonly period: string };
  };
}

export interface ProductDetails {
  readonly name: string;
  /** Minor units of the vendor's settlement currency, else of the programme's. */
  readonly price: number;
  readonly cost?: number;
  /** Absent: not counted here. */
  readonly stock?: number;
  readonly category?: string;
  readonly imageUrl?: string;
}

export interface ItemCount {
  readonly sku: string;
  readonly quantity: number;
}

export interface VendorRegistered {
  readonly type: 'VendorRegistered';
  readonly data: VendorDetails & { readonly vendorId: string; readonly at: Instant };
}

export interface VendorRevised {
  readonly type: 'VendorRevised';
  readonly data: VendorDetails & { readonly at: Instant };
}

export interface ProductListed {
  readonly type: 'ProductListed';
  readonly data: ProductDetails & { readonly sku: string; readonly at: Instant };
}

export interface StockTaken {
  readonly type: 'StockTaken';
  readonly data: {
    readonly orderId: string;
    readonly items: readonly ItemCount[];
    readonly at: Instant;
  };
}

export interface StockReturned {
  readonly type: 'StockReturned';
  readonly data: {
    readonly orderId: string;
    readonly items: readonly ItemCount[];
    readonly at: Instant;
  };
}

export type VendorEvent =
  VendorRegistered | VendorRevised | ProductListed | StockTaken | StockReturned;

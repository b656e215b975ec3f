import type { Behaviour } from './behaviour';

export interface OrderRequest {
  readonly orderId: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

export type OrderStatus =
  'accepted' | 'refused' | 'pending' | 'cancelled' | 'cancellation-refused' | 'cancelling';

export interface BookedOrder {
  readonly orderId: string;
  readonly vendorOrderId: string;
  readonly items: OrderRequest['items'];
  readonly status: OrderStatus;
  /** How often it was asked for; it is booked once. */
  readonly requests: number;
}

/**
 * The vendor's orders, in memory. The order id is the idempotency key: asked again it gives the
 * same order, and one that was cancelled before it came stays cancelled.
 */
export class OrderBook {
  private readonly orders = new Map<string, BookedOrder>();
  private next = 1;

  all(): readonly BookedOrder[] {
    return [...this.orders.values()];
  }

  find(orderId: string): BookedOrder | undefined {
    return this.orders.get(orderId);
  }

  place(request: OrderRequest, behaviour: Behaviour): BookedOrder {
    const known = this.orders.get(request.orderId);
    if (known !== undefined) return this.put({ ...known, requests: known.requests + 1 });
    return this.put({
      orderId: request.orderId,
      vendorOrderId: this.nextNumber(),
      items: request.items,
      status: statusOf(request, behaviour),
      requests: 1,
    });
  }

  /** `undefined`: it never saw the order; it is cancelled should it still come. */
  cancel(orderId: string, behaviour: Behaviour): BookedOrder | undefined {
    const known = this.orders.get(orderId);
    if (known === undefined) {
      const vendorOrderId = this.nextNumber();
      this.put({ orderId, vendorOrderId, items: [], status: 'cancelled', requests: 0 });
      return undefined;
    }
    if (known.status === 'cancelled' || known.status === 'refused') {
      return this.put({ ...known, status: 'cancelled' });
    }
    return this.put({ ...known, status: cancellationOf(behaviour) });
  }

  /** What a callback tells; `undefined`: nothing is open. */
  decide(orderId: string, behaviour: Behaviour): BookedOrder | undefined {
    const known = this.orders.get(orderId);
    const yes = behaviour.callback === 'accept';
    if (known?.status === 'pending') {
      return this.put({ ...known, status: yes ? 'accepted' : 'refused' });
    }
    if (known?.status === 'cancelling') {
      return this.put({ ...known, status: yes ? 'cancelled' : 'cancellation-refused' });
    }
    return undefined;
  }

  private put(order: BookedOrder): BookedOrder {
    this.orders.set(order.orderId, order);
    return order;
  }

  private nextNumber(): string {
    const number = `SV-${String(this.next).padStart(6, '0')}`;
    this.next += 1;
    return number;
  }
}

function statusOf({ items }: OrderRequest, { answer, refuseSkus }: Behaviour): OrderStatus {
  if (items.some(({ sku }) => refuseSkus.includes(sku)) || answer === 'refuse') return 'refused';
  return answer === 'accept' ? 'accepted' : 'pending';
}

function cancellationOf({ cancellation }: Behaviour): OrderStatus {
  if (cancellation === 'refuse') return 'cancellation-refused';
  return cancellation === 'accept' ? 'cancelled' : 'cancelling';
}

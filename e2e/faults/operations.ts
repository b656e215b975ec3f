import { isDeepStrictEqual } from 'node:util';
import type { Answer } from '../support/client';
import { ticket, type Member } from '../support/fixtures';

/** What an answered operation has done to its account, as its client works it out. */
export interface Effect {
  /** An internal purchase whose points are held until its vendor has answered. */
  readonly underWay?: { readonly purchaseId: string; readonly points: number };
  readonly earned?: number;
  readonly redeemed?: number;
  readonly held?: number;
}

/** One write as a client sends it: the same bytes and key at every attempt. */
export interface Operation {
  readonly kind: string;
  readonly member: Member;
  readonly path: string;
  readonly body: object;
  readonly idempotencyKey?: string;
  /** The statuses of a success: the first time, and when it had been done before. */
  readonly statuses: readonly number[];
  /** Fields of the answer that every attempt must repeat. */
  readonly lasting: readonly string[];
  /** Throws when the answer is not what the operation must give. */
  readonly effectOf: (body: Body) => Effect;
}

export type Body = Readonly<Record<string, unknown>>;

interface Named {
  readonly member: Member;
  /** Unique: the idempotency key, or the business id. */
  readonly name: string;
}

const expectField = (body: Body, field: string, expected: unknown): void => {
  if (isDeepStrictEqual(body[field], expected)) return;
  const seen = JSON.stringify(body);
  throw new Error(`${field} is not ${JSON.stringify(expected)} in ${seen}`);
};

/** 1 point per 1.00; a point pays 0.01, which then earns nothing. */
export function sale(
  { member, name }: Named,
  { total, redeem, offer }: { total: number; redeem: number; offer: string | undefined },
): Operation {
  const earned = Math.floor((total - redeem) / 100);
  return {
    kind: redeem > 0 ? 'ticket paid with points' : 'ticket',
    member,
    path: '/transactions',
    body: ticket(name, total, {
      participant: { id: member.id },
      ...(redeem > 0 && { redeem: { points: redeem } }),
      ...(offer !== undefined && { offers: [{ issuedOfferId: offer }] }),
    }),
    statuses: [201, 200],
    lasting: ['transactionId', 'awards', 'redemption', 'offersIssued'],
    effectOf: (body) => {
      const awards = body['awards'] as readonly { points: number }[];
      expectField(body, 'transactionId', name);
      if (awards.length !== 1 || awards[0]?.points !== earned) {
        throw new Error(`not ${earned} points for ${total} less ${redeem}`);
      }
      return { earned, redeemed: redeem };
    },
  };
}

export function credit({ member, name }: Named, points: number): Operation {
  return {
    kind: 'credit',
    ...keyed(member, name),
    path: `/accounts/${member.accountId}/credits`,
    body: { points, reason: 'goodwill', reference: name },
    lasting: ['id', 'type', 'points', 'lots', 'balanceAfter'],
    effectOf: (body) => {
      expectField(body, 'points', points);
      return { earned: points };
    },
  };
}

export function debit({ member, name }: Named, points: number): Operation {
  return {
    kind: 'debit',
    ...keyed(member, name),
    path: `/accounts/${member.accountId}/debits`,
    body: { points, reason: 'fee', reference: name },
    lasting: ['id', 'type', 'points', 'lots', 'balanceAfter'],
    effectOf: (body) => {
      expectField(body, 'points', -points);
      return { redeemed: points };
    },
  };
}

export function hold({ member, name }: Named, points: number): Operation {
  return {
    kind: 'hold',
    ...keyed(member, name),
    path: `/accounts/${member.accountId}/holds`,
    body: { points, ttl: 'PT1H', reference: name },
    lasting: ['holdId', 'points', 'expiresAt', 'lots'],
    effectOf: (body) => {
      expectField(body, 'points', points);
      return { held: points };
    },
  };
}

export interface Held {
  readonly id: string;
  readonly points: number;
}

/** Fewer than held: the rest is free again. */
export function capture({ member, name }: Named, held: Held, points: number): Operation {
  return {
    kind: 'capture',
    ...keyed(member, name, 200),
    path: `/holds/${encodeURIComponent(held.id)}/capture`,
    body: { points },
    lasting: ['holdId', 'status', 'points'],
    effectOf: (body) => {
      expectField(body, 'points', points);
      return { held: -held.points, redeemed: points };
    },
  };
}

export function release({ member, name }: Named, held: Held): Operation {
  return {
    kind: 'release',
    ...keyed(member, name, 200),
    path: `/holds/${encodeURIComponent(held.id)}/release`,
    body: {},
    lasting: ['holdId', 'status', 'points'],
    effectOf: (body) => {
      expectField(body, 'points', held.points);
      return { held: -held.points };
    },
  };
}

export function authorize({ member, name }: Named, points: number): Operation {
  return {
    kind: 'authorize',
    ...keyed(member, name),
    path: '/purchases/authorize',
    body: {
      ...{ participantId: member.id, vendorId: 'airline' },
      ...{ reference: name, points, ttl: 'PT1H' },
    },
    lasting: ['purchaseId', 'authorizationId', 'expiresAt'],
    effectOf: (body) => {
      expectField(body, 'amount', points);
      return { held: points };
    },
  };
}

export function confirm({ member, name }: Named, held: Held, points: number): Operation {
  return {
    kind: 'confirm',
    ...keyed(member, name, 200),
    path: `/purchases/${held.id}/confirm`,
    body: { points },
    lasting: ['purchaseId', 'status', 'points', 'amount'],
    effectOf: (body) => {
      expectField(body, 'status', 'confirmed');
      expectField(body, 'points', points);
      return { held: -held.points, redeemed: points };
    },
  };
}

export function cancel({ member, name }: Named, held: Held): Operation {
  return {
    kind: 'cancel',
    ...keyed(member, name, 200),
    path: `/purchases/${held.id}/cancel`,
    body: {},
    lasting: ['purchaseId', 'status', 'points'],
    effectOf: (body) => {
      expectField(body, 'status', 'cancelled');
      return { held: -held.points };
    },
  };
}

/** Price 10. */
export function buyOffer({ member, name }: Named, quantity: number): Operation {
  return {
    kind: 'offer purchase',
    ...keyed(member, name),
    path: '/reward-stores/shop/offers/five-off/purchases',
    body: { participantId: member.id, quantity },
    lasting: ['offerPurchaseId', 'pointsSpent'],
    effectOf: (body) => {
      expectField(body, 'pointsSpent', 10 * quantity);
      if ((body['issuedOffers'] as readonly object[]).length !== quantity) {
        throw new Error(`not ${quantity} offers for ${10 * quantity} points`);
      }
      return { redeemed: 10 * quantity };
    },
  };
}

/** A novel is 3.00: 300 points. Answered with 201 or, when the vendor takes its time, 202. */
export function order({ member, name }: Named): Operation {
  return {
    kind: 'order',
    ...keyed(member, name),
    statuses: [201, 202],
    path: '/purchases',
    body: {
      participantId: member.id,
      orders: [{ vendorId: 'books', items: [{ sku: 'novel', quantity: 1 }] }],
    },
    lasting: ['purchaseId', 'points', 'amount'],
    effectOf: (body) => {
      expectField(body, 'points', 300);
      return { underWay: { purchaseId: body['purchaseId'] as string, points: 300 } };
    },
  };
}

function keyed(member: Member, idempotencyKey: string, status = 201) {
  return { member, idempotencyKey, statuses: [status] };
}

/** Throws when another attempt was answered differently. */
export function expectSameOutcome(operation: Operation, first: Answer, again: Answer): void {
  if (!operation.statuses.includes(again.status)) {
    throw new Error(`${operation.kind} again: ${again.status} ${JSON.stringify(again.body)}`);
  }
  for (const field of operation.lasting) expectField(again.body, field, first.body[field]);
}

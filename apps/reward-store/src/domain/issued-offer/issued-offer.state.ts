import { assertInvariant, assertNever, type Aggregate, type Instant } from '@fidelis/kernel';
import type { Discount } from '../offer';
import type {
  IssuedOfferEvent,
  IssuedOfferLocked,
  IssuedOfferRedeemed,
  OfferIssued,
  OfferIssueRequested,
} from './issued-offer.events';
import { isSameTicket } from './ticket-name';

export type IssuedOffer =
  | { readonly status: 'none' }
  | { readonly status: 'requested'; readonly request: OfferIssueRequested['data'] }
  | { readonly status: 'declined'; readonly code: string; readonly detail: string }
  | Issued;

export type Issued = OfferIssued['data'] & {
  /** Every double redemption that was found, so that each is said once. */
  readonly disputedTickets: readonly string[];
  /**
   * Tickets that gave it back and have not taken it again: their redemption, told late or again,
   * changes nothing.
   */
  readonly returnedTickets: readonly string[];
} & IssuedStatus;

type IssuedStatus =
  | { readonly status: 'issued' }
  | { readonly status: 'locked'; readonly lock: Lock }
  | { readonly status: 'redeemed'; readonly redemption: Redeemed }
  | { readonly status: 'expired' }
  | { readonly status: 'revoked' };

export type Lock = IssuedOfferLocked['data'];
export type Redeemed = IssuedOfferRedeemed['data'];

export const issuedOfferAggregate: Aggregate<IssuedOffer, IssuedOfferEvent> = {
  category: 'issuedOffer',
  initial: { status: 'none' },
  evolve,
};

function evolve(state: IssuedOffer, event: IssuedOfferEvent): IssuedOffer {
  switch (event.type) {
    case 'OfferIssueRequested':
      return { status: 'requested', request: event.data };
    case 'OfferIssueDeclined':
      return { status: 'declined', code: event.data.code, detail: event.data.detail };
    case 'OfferIssued':
      return { ...event.data, status: 'issued', disputedTickets: [], returnedTickets: [] };
    default:
      assertInvariant(isIssued(state), `${event.type} before the offer was issued`);
      return evolveIssued(state, event);
  }
}

type LaterEvent = Exclude<
  IssuedOfferEvent,
  { type: 'OfferIssueRequested' | 'OfferIssueDeclined' | 'OfferIssued' }
>;

function evolveIssued(state: Issued, event: LaterEvent): Issued {
  const issued = withoutStatus(state);
  switch (event.type) {
    case 'IssuedOfferLocked':
      return { ...usedAgain(issued, event.data.ticket), status: 'locked', lock: event.data };
    case 'IssuedOfferUnlocked':
      return { ...issued, status: 'issued' };
    case 'IssuedOfferReinstated': {
      const returnedTickets = [...state.returnedTickets, event.data.ticket];
      return { ...issued, status: 'issued', returnedTickets };
    }
    case 'IssuedOfferRedeemed': {
      const used = usedAgain(issued, event.data.ticket);
      return { ...used, status: 'redeemed', redemption: event.data };
    }
    case 'DoubleRedemptionFound':
      return { ...state, disputedTickets: [...state.disputedTickets, event.data.ticket] };
    case 'IssuedOfferExpired':
      return { ...issued, status: 'expired' };
    case 'IssuedOfferRevoked':
      return { ...issued, status: 'revoked' };
    default:
      return assertNever(event);
  }
}

type Copied = OfferIssued['data'] & Pick<Issued, 'disputedTickets' | 'returnedTickets'>;

/** A till may reinstate an offer and then sell it on the same ticket after all. */
function usedAgain(issued: Copied, ticket: string): Copied {
  const isOther = (returned: string): boolean => !isSameTicket(returned, ticket);
  return { ...issued, returnedTickets: issued.returnedTickets.filter(isOther) };
}

function withoutStatus(state: Issued): Copied {
  const { status: _status, ...issued } = state;
  if ('lock' in issued) {
    const { lock: _lock, ...rest } = issued;
    return rest;
  }
  if ('redemption' in issued) {
    const { redemption: _redemption, ...rest } = issued;
    return rest;
  }
  return issued;
}

export type Status = Issued['status'];

export function isIssued(state: IssuedOffer): state is Issued {
  const { status } = state;
  return status !== 'none' && status !== 'requested' && status !== 'declined';
}

/**
 * The status that counts at `now`, whether or not a due lock or expiry was recorded. A lock keeps
 * an offer from expiring, as a hold keeps points.
 */
export function statusAt(issued: Issued, now: Instant): Status {
  const locked = issued.status === 'locked' && now < issued.lock.lockExpiresAt;
  if (locked || (issued.status !== 'issued' && issued.status !== 'locked')) return issued.status;
  return issued.expiresAt !== undefined && issued.expiresAt <= now ? 'expired' : 'issued';
}

/** Locked to, or redeemed by: with the discount that was answered then. */
export function usedBy(issued: Issued): { ticket: string; discount: Discount } | undefined {
  if (issued.status === 'locked') return issued.lock;
  return issued.status === 'redeemed' ? issued.redemption : undefined;
}

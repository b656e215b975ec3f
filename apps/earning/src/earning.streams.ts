import { AggregateRepository } from '@fidelis/aggregates';
import type { EventStore } from '@fidelis/event-store';
import { campaignAggregate } from './domain/campaign';
import { enrolmentAggregate } from './domain/enrolment';
import { membershipAggregate } from './domain/membership';
import { programAggregate } from './domain/program';
import { ticketSourceAggregate } from './domain/ticket-source';
import { transactionAggregate } from './domain/transaction';

/** Few tickets are asked for again, and what lives long costs the garbage collector much more. */
const CACHED_TICKETS_MAX = 200;

/** The streams that this service writes. */
export class EarningStreams {
  readonly programs;
  readonly campaigns;
  readonly enrolments;
  readonly memberships;
  readonly ticketSources;
  readonly transactions;

  constructor(eventStore: EventStore) {
    this.programs = new AggregateRepository(eventStore, programAggregate);
    this.campaigns = new AggregateRepository(eventStore, campaignAggregate);
    this.enrolments = new AggregateRepository(eventStore, enrolmentAggregate);
    this.memberships = new AggregateRepository(eventStore, membershipAggregate);
    this.ticketSources = new AggregateRepository(eventStore, ticketSourceAggregate);
    this.transactions = new AggregateRepository(eventStore, transactionAggregate, {
      cachedStreamsMax: CACHED_TICKETS_MAX,
    });
  }
}

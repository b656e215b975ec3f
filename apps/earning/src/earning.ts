import { RehearsedPlatform, type Platform } from '@fidelis/service';
import { TicketAwards } from './commands/award-ticket';
import { TicketCompletion } from './commands/complete-ticket';
import { Enrolments } from './commands/enrol';
import { EnrolExisting } from './commands/enrol-existing';
import { PostTicket } from './commands/post-ticket';
import { RecordBatch } from './commands/record-batch';
import { ReturnTicket } from './commands/return-ticket';
import { AwardReversals } from './commands/reverse-awards';
import { Payments } from './commands/secure-payment';
import { TicketSources } from './commands/ticket-sources';
import { TicketsUnderWay } from './commands/tickets-under-way';
import { earningDefaults, type EarningConfig } from './earning.config';
import { earningFlow } from './earning.flow';
import { EarningRuntime } from './earning.runtime';
import { EarningStreams } from './earning.streams';
import { EarningAnswers } from './inbound/earning.calls';
import { completeTickets } from './processes/complete-tickets.process';
import { enrolExistingParticipants, openMemberships } from './processes/enrolment.process';
import { Rulebook } from './rules/rulebook';

/** The service, put together: what controllers speak to. */
export class Earning {
  readonly streams: EarningStreams;
  readonly rulebook: Rulebook;
  readonly enrolments: Enrolments;
  readonly enrolExisting: EnrolExisting;
  readonly awards: TicketAwards;
  readonly completion: TicketCompletion;
  readonly sources: TicketSources;
  readonly postTicket: PostTicket;
  readonly recordBatch: RecordBatch;
  readonly returnTicket: ReturnTicket;
  private readonly underWay = new TicketsUnderWay();

  constructor(
    readonly platform: Platform,
    private readonly config: EarningConfig = earningDefaults,
    rulebook = new Rulebook(platform.eventStore),
  ) {
    const { calls, clock, eventStore } = platform;
    const streams = new EarningStreams(eventStore);
    const { underWay } = this;
    const enrolments = new Enrolments(streams, rulebook, calls);
    const awards = new TicketAwards(streams, enrolments, calls);
    const completion = new TicketCompletion(awards, calls, config);
    const sources = new TicketSources(streams, eventStore);
    const payments = new Payments(calls, { clock, config });
    const common = { clock, streams, rulebook, completion, underWay, calls };
    this.streams = streams;
    this.rulebook = rulebook;
    this.enrolments = enrolments;
    this.enrolExisting = new EnrolExisting({ clock, eventStore, streams, rulebook, enrolments });
    this.awards = awards;
    this.completion = completion;
    this.sources = sources;
    const postTicket = new PostTicket({ ...common, enrolments, payments, sources });
    this.postTicket = postTicket;
    const { lanesMax } = config;
    this.recordBatch = new RecordBatch({ clock, rulebook, postTicket, awards, underWay, lanesMax });
    const reversals = new AwardReversals(streams, awards, { calls, config });
    this.returnTicket = new ReturnTicket({ ...common, reversals });
  }

  /** For one dry run; programmes and campaigns are as they stand. */
  rehearsal(): Earning {
    return this.on(new RehearsedPlatform(this.platform));
  }

  /** Waits for no account: what else the batch brings them would come by the topic. */
  rehearsalOfBatch(platform: RehearsedPlatform): Earning {
    return new Earning(platform, { ...this.config, creditWaitMs: 0 }, this.rulebook);
  }

  /** What it does besides answering HTTP. */
  runtime(): EarningRuntime {
    const { platform, streams, rulebook, enrolments, enrolExisting, completion, underWay } = this;
    const { calls, clock, eventStore } = platform;
    // The only writer has no other replica that it could wait for.
    const graceMs = eventStore.soleWriter ? undefined : this.config.completionGraceMs;
    const enrolment = { clock, streams, rulebook, enrolments, enrolExisting, graceMs };
    return new EarningRuntime({
      flow: earningFlow,
      platform,
      answers: new EarningAnswers(streams, rulebook, enrolments).calls(),
      projections: [],
      processes: [
        completeTickets({
          ...{ clock, streams, rulebook, completion, underWay, calls, graceMs },
          returns: this.returnTicket,
        }),
        openMemberships(enrolment),
        enrolExistingParticipants(enrolment),
      ],
      timers: [],
      rehearse: (rehearsed) => this.on(rehearsed).runtime(),
    });
  }

  private on(platform: Platform): Earning {
    return new Earning(platform, this.config, this.rulebook);
  }
}

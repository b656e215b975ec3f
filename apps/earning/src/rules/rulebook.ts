import { Directory } from '@fidelis/aggregates';
import { idOf, type EventStore, type RecordedEvent } from '@fidelis/event-store';
import type { DomainEvent, Instant } from '@fidelis/kernel';
import {
  byPriority,
  campaignAggregate,
  versionInForce,
  type CampaignEvent,
  type CampaignRule,
  type CampaignTerms,
  type DefinedCampaign,
} from '../domain/campaign';
import {
  programAggregate,
  termsAt,
  type DefinedProgram,
  type ProgramEvent,
  type ProgramVersion,
} from '../domain/program';
import { compileCondition, type Condition } from './condition';
import type { TicketFacts } from './ticket-facts';

/** Every programme and campaign, as all answered writes left them. */
export class Rules {
  readonly programs = new Map<string, DefinedProgram>();
  readonly campaigns = new Map<string, DefinedCampaign>();
  private readonly running = new Map<string, DefinedCampaign[]>();
  private readonly conditions = new WeakMap<CampaignTerms, Condition>();

  /** The programme's rules at `instant`; `undefined`: no such programme. */
  programAt(programId: string, instant: Instant): ProgramVersion | undefined {
    const program = this.programs.get(programId);
    return program === undefined ? undefined : termsAt(program, instant);
  }

  /** The programme's campaigns that run, by priority; `facts` is asked for once, if at all. */
  campaignsAt(programId: string, instant: Instant, facts: () => TicketFacts): CampaignRule[] {
    const running = this.running.get(programId);
    if (running === undefined) return [];
    let seen: TicketFacts | undefined;
    const rules: CampaignRule[] = [];
    for (const campaign of running) {
      const inForce = versionInForce(campaign, instant);
      if (inForce === undefined || inForce.terms.programId !== programId) continue;
      const { version, terms } = inForce;
      const condition = this.conditionOf(terms);
      rules.push({
        campaignId: campaign.campaignId,
        version,
        terms,
        matches: ({ tier }) =>
          condition === undefined || condition({ ...(seen ??= facts()), tier }),
      });
    }
    return rules.sort(byPriority);
  }

  evolve(event: RecordedEvent): this {
    const id = idOf(event.stream);
    const stored: DomainEvent = event;
    if (event.category === programAggregate.category) {
      const before = this.programs.get(id) ?? programAggregate.initial;
      const program = programAggregate.evolve(before, stored as ProgramEvent);
      if (program.status === 'defined') this.programs.set(id, program);
    } else {
      const before = this.campaigns.get(id) ?? campaignAggregate.initial;
      const campaign = campaignAggregate.evolve(before, stored as CampaignEvent);
      if (campaign.status !== 'undefined') this.campaigns.set(id, campaign);
      this.noteRunning();
    }
    return this;
  }

  /** By every programme that some version names; campaigns change seldom. */
  private noteRunning(): void {
    this.running.clear();
    for (const campaign of this.campaigns.values()) {
      if (campaign.status !== 'active') continue;
      for (const id of new Set(campaign.versions.map(({ terms }) => terms.programId))) {
        this.running.set(id, [...(this.running.get(id) ?? []), campaign]);
      }
    }
  }

  private conditionOf(terms: CampaignTerms): Condition | undefined {
    if (terms.condition === null) return undefined;
    let condition = this.conditions.get(terms);
    if (condition === undefined) {
      condition = compileCondition(terms.condition);
      this.conditions.set(terms, condition);
    }
    return condition;
  }
}

export class Rulebook {
  private readonly directory: Directory<Rules>;

  constructor(eventStore: EventStore) {
    this.directory = new Directory<Rules>(eventStore, {
      categories: [programAggregate.category, campaignAggregate.category],
      initial: new Rules(),
      evolve: (rules, event) => rules.evolve(event),
    });
  }

  /** Brought up to the store's head first. */
  current(): Promise<Rules> {
    return this.directory.current();
  }
}

import {
  evolveProgram,
  withDefaults,
  type DefinedProgram,
  type ProgramDraft,
  type ProgramVersion,
} from '../program';
import type { CampaignRule, CampaignTerms } from '../campaign';
import { awardTicket, openMembership, requestReversal, settleReversal } from './membership.decide';
import type { MembershipEvent, TicketAwarded } from './membership.events';
import { membershipAggregate, type Membership } from './membership.state';
import type { AwardTicket, TicketToAward } from './award';

const START = '2026-01-01T00:00:00.000Z';
const NOW = '2026-11-22T10:00:05.000Z';

// The programme of API.md: silver from 10,000.00 on, 1 point per 1,000.00 in both tiers.
const inr: ProgramDraft = {
  name: 'Test Multiple Loyalty',
  currency: 'INR',
  timeZone: 'Asia/Kolkata',
  validFrom: '2026-01-01',
  tiers: [
    { code: 'bronze', threshold: 0, earn: { points: 1, per: 100_000 } },
    {
      code: 'silver',
      threshold: 1_000_000,
      earn: { points: 1, per: 100_000 },
      earnOffers: [{ offerId: 'muffin', minAmount: 500 }],
    },
  ],
  redeem: { points: 1, worth: 100 },
  expiry: { policy: 'rolling', after: 'P10D', roundTo: null },
};

const version = (change: Partial<ProgramDraft> = {}): ProgramVersion =>
  (
    evolveProgram(
      { status: 'undefined' },
      {
        type: 'ProgramDefined',
        data: {
          programId: 'p',
          version: 1,
          effectiveFrom: START,
          terms: withDefaults({ ...inr, ...change }),
        },
      },
    ) as DefinedProgram
  ).versions[0];

const opened: MembershipEvent = {
  type: 'MembershipOpened',
  data: {
    accountId: 'a',
    participantId: 'ana',
    programId: 'p',
    sequence: 1,
    terms: version().accountTerms,
    tier: 'bronze',
    openedAt: START,
  },
};
const given = (...events: MembershipEvent[]): Membership =>
  events.reduce(membershipAggregate.evolve, membershipAggregate.initial);

const ticket: TicketToAward = {
  ticket: 'pos-7:536365',
  transactionId: '536365',
  occurredAt: '2026-11-22T10:00:00.000Z',
  total: 1_000_000,
  taxTotal: 0,
  paidWithPoints: 0,
};
const award = (
  change: Partial<TicketToAward>,
  membership = given(opened),
  { program = version(), ...rest }: Partial<AwardTicket> = {},
): TicketAwarded['data'] => {
  const command = { ticket: { ...ticket, ...change }, program, campaigns: [], now: NOW, ...rest };
  const decision = awardTicket(command, membership);
  if (decision.outcome === 'rejected') throw new Error(decision.rejection.code);
  const [event] = decision.events;
  if (event === undefined) throw new Error('an award is always recorded');
  return event.data;
};
const awarded = (data: TicketAwarded['data']): MembershipEvent => ({ type: 'TicketAwarded', data });

describe('a membership', () => {
  it('begins at the lowest tier, once, with the first command to its account', () => {
    const command = { accountId: 'a', participantId: 'ana', program: version(), now: START };
    expect(openMembership(command, given())).toEqual({ outcome: 'accepted', events: [opened] });
    expect(openMembership(command, given(opened))).toMatchObject({ events: [] });
  });

  it('numbers its commands to the account without a gap, awards of 0 included', () => {
    const first = award({ total: 1 });
    expect(first).toMatchObject({ sequence: 2, points: 0, grants: [] });
    const second = award({ ticket: 'pos-7:2' }, given(opened, awarded(first)));
    expect(second.sequence).toBe(3);
  });

  it('must be there before a ticket earns', () => {
    const command = { ticket, program: version(), campaigns: [], now: NOW };
    expect(awardTicket(command, given())).toMatchObject({
      rejection: { code: 'membership_absent' },
    });
  });
});

describe('what a ticket earns', () => {
  it('10,000.00 of which 10.00 were paid with points: 9,990.00 earn 9, bronze', () => {
    // 999,000 < 1,000,000: the money paid with points does not count towards the tier.
    expect(award({ paidWithPoints: 1_000 })).toMatchObject({
      eligible: 999_000,
      measured: 999_000,
      tier: 'bronze',
      points: 9,
    });
  });

  it('with 10.00 spent before, that ticket reaches silver, and changes the tier', () => {
    const member = given(opened, awarded(award({ ticket: 't0', total: 1_000 })));
    expect(award({ paidWithPoints: 1_000 }, member)).toMatchObject({
      tierBefore: 'bronze',
      tier: 'silver',
      points: 9,
      grants: [{ points: 9, expiresOn: '2026-12-02' }],
    });
  });

  it('measured gross, that ticket is silver: the money paid with points counts as spend', () => {
    const program = version({ tierPolicy: { measure: 'gross' } });
    expect(award({ paidWithPoints: 1_000 }, given(opened), { program })).toEqual({
      sequence: 2,
      ticket: 'pos-7:536365',
      transactionId: '536365',
      occurredAt: '2026-11-22T10:00:00.000Z',
      programVersion: 1,
      total: 1_000_000,
      untaxed: 0,
      paidWithPoints: 1_000,
      eligible: 999_000,
      measured: 1_000_000,
      day: '2026-11-22',
      tier: 'silver',
      tierBefore: 'bronze',
      tierSince: '2026-11-22T10:00:00.000Z',
      points: 9,
      grants: [
        {
          points: 9,
          wallet: 'points',
          pointSource: 'default',
          grantedAt: '2026-11-22T10:00:00.000Z',
          availableAt: '2026-11-22T10:00:00.000Z',
          expiresOn: '2026-12-02',
          // The end of 2 December in Kolkata.
          expiresAt: '2026-12-02T18:30:00.000Z',
        },
      ],
      contributions: [
        {
          rule: 'tier:silver',
          version: 1,
          base: 999_000,
          desired: 9,
          awarded: 9,
          rate: { points: 1, per: 100_000 },
          pointSource: 'default',
        },
      ],
      skipped: [],
      offers: [
        {
          issuedOfferId: expect.any(String) as string,
          offerId: 'muffin',
          participantId: 'ana',
          rule: 'tier:silver',
        },
      ],
    });
  });

  it('the tier that this very ticket reaches decides its rate, for the whole ticket', () => {
    const program = version({
      tiers: [
        { code: 'bronze', threshold: 0, earn: { points: 1, per: 1_000 } },
        { code: 'silver', threshold: 100_000, earn: { points: 2, per: 1_000 } },
      ],
    });
    const first = award({ total: 60_000 }, given(opened), { program });
    expect(first).toMatchObject({ tier: 'bronze', points: 60 });
    const member = given(opened, awarded(first));
    expect(award({ total: 40_000 }, member, { program })).toMatchObject({
      tier: 'silver',
      points: 80,
    });
    expect(award({ total: 39_999 }, member, { program })).toMatchObject({
      tier: 'bronze',
      points: 39,
    });
  });

  it('tax does not earn where the programme says net', () => {
    const program = version({ earnOn: 'net-of-tax' });
    expect(award({ taxTotal: 200_000 }, given(opened), { program })).toMatchObject({
      eligible: 800_000,
      points: 8,
    });
    expect(award({ taxTotal: 200_000 })).toMatchObject({ eligible: 1_000_000, points: 10 });
  });

  it('nothing outside the validity of the programme, and no spend either', () => {
    const outside = award({ occurredAt: '2025-12-31T18:29:59.999Z' });
    expect(outside).toMatchObject({
      points: 0,
      measured: 0,
      contributions: [],
      skipped: [{ rule: 'tier:bronze', reason: 'outside_validity' }],
    });
  });

  it('an entry tier earns nothing and still counts as spend', () => {
    const program = version({
      tiers: [
        { code: 'entry', threshold: 0, earn: { points: 0, per: 1 } },
        { code: 'member', threshold: 5_000, earn: { points: 1, per: 100 } },
      ],
    });
    const member = { ...opened, data: { ...opened.data, tier: 'entry' } } as MembershipEvent;
    const first = award({ total: 4_999 }, given(member), { program });
    expect(first).toMatchObject({ points: 0, tier: 'entry', measured: 4_999 });
    expect(award({ total: 1 }, given(member, awarded(first)), { program })).toMatchObject({
      tier: 'member',
      points: 0,
    });
  });

  it('the largest amount there is stays within what the ledger counts', () => {
    const program = version({
      tiers: [{ code: 'bronze', threshold: 0, earn: { points: 5, per: 1 } }],
    });
    const total = Number.MAX_SAFE_INTEGER;
    expect(award({ total }, given(opened), { program }).points).toBe(total);
  });

  it('an amount just below that is reckoned exactly', () => {
    const program = version({
      tiers: [{ code: 'bronze', threshold: 0, earn: { points: 25, per: 5 } }],
    });
    // 1,801,439,850,948,198 × 25 / 5 = 9,007,199,254,740,990, one less than the largest.
    const total = 1_801_439_850_948_198;
    expect(award({ total }, given(opened), { program }).points).toBe(9_007_199_254_740_990);
  });
});

describe('campaigns', () => {
  const terms: CampaignTerms = {
    name: 'Lights',
    programId: 'p',
    trigger: 'transaction',
    condition: null,
    effects: [{ type: 'fixed', points: 50 }],
    validFrom: null,
    validTo: null,
    validFromAt: null,
    validUntilAt: null,
    priority: 0,
    exclusiveGroup: null,
    stop: false,
    pointSource: 'default',
    caps: null,
  };
  const campaign = (
    campaignId: string,
    change: Partial<CampaignTerms> = {},
    matches: CampaignRule['matches'] = () => true,
  ): CampaignRule => ({ campaignId, version: 2, terms: { ...terms, ...change }, matches });
  const withCampaigns = (...campaigns: CampaignRule[]) => award({}, given(opened), { campaigns });

  it('add to the rate, and those that do not apply say why', () => {
    const data = withCampaigns(
      campaign('lights'),
      campaign('never', {}, () => false),
      campaign('broken', {}, () => 'error'),
      campaign('over', { validUntilAt: '2026-11-01T00:00:00.000Z' }),
      campaign('silver-only', {}, ({ tier }) => tier === 'gold'),
    );
    expect(data.points).toBe(60);
    expect(data.contributions[1]).toEqual({
      rule: 'campaign:lights',
      version: 2,
      base: 1_000_000,
      desired: 50,
      awarded: 50,
      pointSource: 'default',
    });
    expect(data.skipped).toEqual([
      { rule: 'campaign:never', reason: 'condition_false' },
      { rule: 'campaign:broken', reason: 'condition_error' },
      { rule: 'campaign:over', reason: 'outside_validity' },
      { rule: 'campaign:silver-only', reason: 'condition_false' },
    ]);
  });

  it('together give what can be counted, rule by rule', () => {
    const most = { type: 'fixed', points: Number.MAX_SAFE_INTEGER } as const;
    const two = campaign('two', { effects: [most, { type: 'fixed', points: 3 }] });
    const data = withCampaigns(two, campaign('other', { pointSource: 'partner' }));
    // 10 by the tier; of the rest the first takes all that is left.
    expect(data.contributions.map(({ awarded }) => awarded)).toEqual([
      ...[10, Number.MAX_SAFE_INTEGER - 10, 0],
    ]);
    expect(data.points).toBe(Number.MAX_SAFE_INTEGER);
    expect(data.grants.map(({ points }) => points)).toEqual([Number.MAX_SAFE_INTEGER]);
  });

  it('issue offers, each copy once per ticket', () => {
    const effects = [{ type: 'issueOffer', offerId: 'cake' }] as const;
    const first = withCampaigns(campaign('gift', { effects }));
    expect(first.offers.map(({ offerId, rule }) => [offerId, rule])).toEqual([
      ['muffin', 'tier:silver'],
      ['cake', 'campaign:gift'],
    ]);
    expect(withCampaigns(campaign('gift', { effects })).offers).toEqual(first.offers);
  });

  it('of an exclusive group only the best gives; after a stop none is asked', () => {
    const data = withCampaigns(
      campaign('small', { exclusiveGroup: 'x', effects: [{ type: 'fixed', points: 5 }] }),
      campaign('big', { exclusiveGroup: 'x', effects: [{ type: 'fixed', points: 7 }], stop: true }),
      campaign('late'),
    );
    expect(data.points).toBe(17);
    expect(data.skipped).toEqual([
      { rule: 'campaign:late', reason: 'stopped' },
      { rule: 'campaign:small', reason: 'exclusive_group' },
    ]);
  });

  it('stay within their caps per participant and period', () => {
    const caps = { perParticipant: { points: 80, times: null, period: 'day' } } as const;
    const capped = campaign('lights', { caps });
    const first = award({}, given(opened), { campaigns: [capped] });
    const second = award({ ticket: 't2' }, given(opened, awarded(first)), { campaigns: [capped] });
    expect(second.contributions[1]).toMatchObject({
      desired: 50,
      awarded: 30,
      cut: 'cap_per_participant',
    });
    const both = given(opened, awarded(first), awarded(second));
    expect(award({ ticket: 't3' }, both, { campaigns: [capped] }).skipped).toEqual([
      { rule: 'campaign:lights', reason: 'cap_reached' },
    ]);
    const tomorrow = { ticket: 't4', occurredAt: '2026-11-23T10:00:00.000Z' };
    expect(award(tomorrow, both, { campaigns: [capped] }).contributions[1]?.awarded).toBe(50);
  });

  it.each(['constructor', '__proto__'])('count what one called %s gave', (campaignId) => {
    const caps = { perParticipant: { points: null, times: 1, period: 'lifetime' } } as const;
    const campaigns = [campaign(campaignId, { caps })];
    const first = award({}, given(opened), { campaigns });
    expect(first.contributions[1]?.awarded).toBe(50);
    expect(award({ ticket: 't2' }, given(opened, awarded(first)), { campaigns }).skipped).toEqual([
      { rule: `campaign:${campaignId}`, reason: 'cap_reached' },
    ]);
  });
});

describe('tier windows', () => {
  const tiers = [
    { code: 'bronze', threshold: 0, earn: { points: 1, per: 100 } },
    { code: 'silver', threshold: 1_000, earn: { points: 1, per: 100 } },
    { code: 'gold', threshold: 2_000, earn: { points: 1, per: 100 } },
  ];
  const after = (
    tierPolicy: NonNullable<ProgramDraft['tierPolicy']>,
    ...tickets: [occurredAt: string, total: number][]
  ): string[] => {
    const program = version({ timeZone: 'UTC', validFrom: '2020-01-01', tiers, tierPolicy });
    const events: MembershipEvent[] = [opened];
    return tickets.map(([occurredAt, total], index) => {
      const change = { ticket: `t${index}`, occurredAt: `${occurredAt}T12:00:00.000Z`, total };
      const data = award(change, given(...events), { program, now: '2030-01-01T00:00:00.000Z' });
      events.push(awarded(data));
      return data.tier;
    });
  };
  const year = 'calendar-year';

  it('of a calendar year begin anew; without downgrade the level stays', () => {
    const tickets = [
      ['2026-06-01', 2_000],
      ['2027-01-01', 10],
    ] satisfies [string, number][];
    expect(after({ window: year, downgrade: 'none' }, ...tickets)).toEqual(['gold', 'gold']);
    expect(after({ window: year, downgrade: 'to-level' }, ...tickets)).toEqual(['gold', 'bronze']);
    expect(after({ window: year, downgrade: 'one-level' }, ...tickets)).toEqual(['gold', 'silver']);
  });

  it('that run out twice cost two levels, where one a window is the rule', () => {
    const policy = { window: year, downgrade: 'one-level' } as const;
    expect(after(policy, ['2026-06-01', 2_000], ['2028-02-01', 10])).toEqual(['gold', 'bronze']);
  });

  it('that roll forget what is older than they are long', () => {
    const policy = { window: 'P12M', downgrade: 'to-level' } as const;
    expect(
      after(policy, ['2026-03-15', 600], ['2026-09-15', 400], ['2027-03-14', 1], ['2027-03-15', 1]),
    ).toEqual(['bronze', 'silver', 'silver', 'bronze']);
  });

  it('are not moved back by a ticket that arrives late', () => {
    const policy = { window: year, downgrade: 'to-level' } as const;
    expect(after(policy, ['2027-02-01', 2_000], ['2026-12-31', 100])).toEqual(['gold', 'gold']);
  });
});

describe('a return', () => {
  const member = given(opened, awarded(award({})));

  it('numbers one command per point source that has something to give back', () => {
    const command = {
      ticket: 'pos-7:536365',
      transactionId: '536365',
      returnId: 'r1',
      operationId: 'op',
      occurredAt: NOW,
      clawback: 'refuse',
      parts: [
        { pointSource: 'default', points: 3, lotIds: ['l1'] },
        { pointSource: 'partner', points: 0, lotIds: [] },
        { pointSource: 'brand', points: 2, lotIds: ['l2'] },
      ],
    } as const;
    expect(requestReversal(command, member)).toMatchObject({
      events: [
        { data: { sequence: 3, points: 3, reversalOperationId: 'op', pointSource: 'default' } },
        { data: { sequence: 4, points: 2, reversalOperationId: 'op#1', pointSource: 'brand' } },
      ],
    });
  });

  it('lowers the spend and sets the tier that the rest earns', () => {
    const command = {
      ticket: 'pos-7:536365',
      returnId: 'r1',
      program: version(),
      occurredAt: NOW,
      unmeasured: 1,
      day: '2026-11-22',
      reversedPoints: 1,
      forgivenPoints: 0,
      now: NOW,
    };
    const decision = settleReversal(command, member);
    expect(decision).toMatchObject({
      events: [{ type: 'AwardReversed', data: { tier: 'bronze', tierBefore: 'silver' } }],
    });
    if (decision.outcome === 'rejected') throw new Error('it was accepted');
    expect(decision.events.reduce(membershipAggregate.evolve, member)).toMatchObject({
      tier: 'bronze',
      spend: { lifetime: 999_999 },
    });
  });
});

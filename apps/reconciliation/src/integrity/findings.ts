import type { AccountCensus } from '@fidelis/contracts';
import type { TrialBalance } from '../domain/journal';
import { unitSums } from '../domain/journal';
import type { PointsByPart } from '../projections/journal/journal.query';
import type { ExceptionRow, FaultRow } from '../projections/journal/journal.table';
import type { ChainReport } from './chain-audit';
import type { TicketReport } from './ticket-audit';

/** Everything that the checks look at, gathered at one moment. */
export interface Findings {
  readonly census: AccountCensus;
  readonly chains: ChainReport;
  readonly parts: readonly PointsByPart[];
  readonly trialBalance: TrialBalance;
  readonly journal: {
    readonly accounts: number;
    /** Of accounts, that its messages told of. */
    readonly events: number;
    readonly lines: number;
    readonly faults: readonly FaultRow[];
    readonly exceptions: readonly ExceptionRow[];
    /** Accounts whose lines do not add up to the total that their last message told. */
    readonly unequal: readonly string[];
  };
  readonly tickets: TicketReport;
  readonly awards: { readonly memberships: number; readonly unanswered: readonly string[] };
  readonly deadLetters: number;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** What API.md promises, each as one check with a sentence. */
export function checksOf(findings: Findings): readonly Check[] {
  return [
    conservation(findings),
    trialBalance(findings),
    rollForward(findings),
    hashChains(findings),
    eventCounts(findings),
    tickets(findings),
    awards(findings),
    deadLetters(findings),
    holds(findings),
    exceptions(findings),
  ];
}

function conservation({ census, journal }: Findings): Check {
  const bad = [
    ...journal.unequal.map((accountId) => `${accountId}: entries do not sum up to its total`),
    ...journal.faults.map((fault) => `${fault.stream}@${fault.revision}: ${fault.detail}`),
    ...census.unsound.map(({ accountId, reason }) => `${accountId}: ${reason}`),
  ];
  return check('conservation', bad, `${journal.lines} lines of ${journal.accounts} accounts`);
}

function trialBalance({ trialBalance: { rows, balanced } }: Findings): Check {
  const bad = [...unitSums(rows)].filter(([, sum]) => sum !== 0n);
  const text = bad.map(([unit, sum]) => `${unit} is off by ${sum}`);
  if (!balanced && text.length === 0) text.push('not balanced');
  return check('trial-balance', text, `${rows.length} ledger accounts, each unit sums to zero`);
}

function rollForward({ census, parts }: Findings): Check {
  const key = (part: { programId: string; wallet: string; pointSource: string }): string =>
    `${part.programId}/${part.wallet}/${part.pointSource}`;
  const journal = new Map(parts.map((part) => [key(part), part.total]));
  const accounts = new Map(census.totals.map((part) => [key(part), BigInt(part.total)]));
  const bad: string[] = [];
  for (const name of new Set([...journal.keys(), ...accounts.keys()])) {
    const closing = journal.get(name) ?? 0n;
    const total = accounts.get(name) ?? 0n;
    if (closing !== total) bad.push(`${name}: closing ${closing}, accounts hold ${total}`);
  }
  return check('roll-forward', bad, `closing equals the accounts' totals in ${journal.size} parts`);
}

function hashChains({ chains }: Findings): Check {
  const bad = chains.faults.map((fault) => `${fault.stream}@${fault.revision}: ${fault.detail}`);
  return check('hash-chains', bad, `${chains.events} events verified`);
}

function eventCounts({ census, chains, journal }: Findings): Check {
  const bad: string[] = [];
  if (census.events !== chains.events) {
    bad.push(`the store has ${chains.events} account events, accounts counted ${census.events}`);
  }
  if (journal.events !== chains.events) {
    bad.push(`the store has ${chains.events} account events, the journal took ${journal.events}`);
  }
  if (census.accounts !== journal.accounts) {
    bad.push(`there are ${census.accounts} accounts, the journal knows ${journal.accounts}`);
  }
  return check('event-counts', bad, `${chains.events} events of ${census.accounts} accounts`);
}

function tickets({ tickets: { tickets: count, unawarded } }: Findings): Check {
  const bad = unawarded.map(
    ({ ticket, accountId }) => `${ticket}: membership ${accountId} has no award of it`,
  );
  return check('tickets', bad, `all ${count} tickets awarded in their memberships`);
}

function awards({ awards: { memberships, unanswered } }: Findings): Check {
  const bad = unanswered.map((accountId) => `${accountId}: an award is neither taken nor declined`);
  return check('awards', bad, `all awards of ${memberships} memberships credited or declined`);
}

function deadLetters({ deadLetters: count }: Findings): Check {
  const bad = count === 0 ? [] : [`${count} dead letters on internal topics`];
  return check('dead-letters', bad, 'none on internal topics');
}

function holds({ census }: Findings): Check {
  const bad = census.overdueHolds.map(
    ({ accountId, holdId, expiresAt }) => `${accountId}: hold ${holdId} was due at ${expiresAt}`,
  );
  return check('holds', bad, 'none stands past its expiry');
}

/** Listed, not wrong: a capture that had to succeed, a vendor that accepted too late. */
function exceptions({ journal }: Findings): Check {
  const listed = journal.exceptions.map(({ kind, detail }) => `${kind}: ${detail}`);
  return { name: 'exceptions', ok: true, detail: listed.length === 0 ? 'none' : list(listed) };
}

function check(name: string, bad: readonly string[], good: string): Check {
  return bad.length === 0
    ? { name, ok: true, detail: good }
    : { name, ok: false, detail: list(bad) };
}

/** Enough to begin to look; the whole is in the tables and in `fidelis verify`. */
const LISTED_MAX = 20;

function list(texts: readonly string[]): string {
  const more = texts.length - LISTED_MAX;
  const shown = texts.slice(0, LISTED_MAX).join('; ');
  return more > 0 ? `${shown}; and ${more} more` : shown;
}

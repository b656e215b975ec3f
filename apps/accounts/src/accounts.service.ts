import type { Instant } from '@fidelis/kernel';
import { ServiceRuntime, type Platform } from '@fidelis/service';
import type { Kysely } from 'kysely';
import { AccountsCalls } from './accounts.calls';
import { accountsFlow } from './accounts.flow';
import { AccountCensusTaker } from './census/account-census';
import { ENROLMENT_GRACE_MS } from './accounts.config';
import { Accounts } from './commands/accounts';
import { CurrentTerms } from './commands/current-terms';
import { Enrolments } from './commands/enrolments';
import { Participants } from './commands/participants';
import { PointSources } from './commands/point-sources';
import type { KeyedHash } from './personal/keyed-hash';
import type { PersonalData } from './personal/personal-data';
import { accountDueTimer } from './processes/due.timer';
import { enrolProcess } from './processes/enrol.process';
import { settlePersonalData } from './processes/personal-data.process';
import { entriesProjection } from './projections/entries/entries.projection';
import type { EntriesTables } from './projections/entries/entries.table';

export interface AccountsParts {
  readonly platform: Platform;
  readonly personal: PersonalData;
  readonly hash: KeyedHash;
}

/** The service, put together: what its controllers and consumers work with. */
export class AccountsService {
  readonly accounts: Accounts;
  readonly participants: Participants;
  readonly pointSources: PointSources;
  readonly enrolments: Enrolments;
  readonly terms: CurrentTerms;
  readonly personal: PersonalData;
  readonly calls: AccountsCalls;
  readonly platform: Platform;
  readonly runtime: ServiceRuntime<EntriesTables>;

  constructor({ platform, personal, hash }: AccountsParts) {
    const { clock, eventStore } = platform;
    this.platform = platform;
    this.personal = personal;
    this.accounts = new Accounts(eventStore);
    this.participants = new Participants(eventStore, personal, hash);
    this.pointSources = new PointSources(eventStore);
    this.enrolments = new Enrolments(platform.calls);
    this.terms = new CurrentTerms(this.accounts, platform.calls);
    // The only writer has no other replica that it could wait for.
    const graceMs = eventStore.soleWriter ? undefined : ENROLMENT_GRACE_MS;
    const census = new AccountCensusTaker(eventStore, this.accounts);
    this.calls = new AccountsCalls({
      accounts: this.accounts,
      participants: this.participants,
      pointSources: this.pointSources,
      terms: this.terms,
      census,
    });
    this.runtime = new ServiceRuntime<EntriesTables>({
      flow: accountsFlow,
      platform,
      answers: this.calls.answers(),
      projections: [entriesProjection],
      processes: [
        enrolProcess({ enrolments: this.enrolments, clock, graceMs }),
        settlePersonalData(this.participants),
      ],
      timers: [accountDueTimer(this.accounts)],
      rehearse: (rehearsed) => new AccountsService({ platform: rehearsed, personal, hash }),
    });
  }

  now(): Instant {
    return this.platform.clock.now();
  }

  get views(): Kysely<EntriesTables> {
    return this.platform.readModel<EntriesTables>('accounts');
  }
}

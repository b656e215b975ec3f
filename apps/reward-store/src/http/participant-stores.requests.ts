import { Flag, Optional, PageQuery } from '@fidelis/http';

export class ParticipantStoresQuery extends PageQuery {
  /** With the balance of the account that pays in each store. */
  @Optional() @Flag() readonly includeBalances?: boolean;
}

export class ParticipantOffersQuery extends PageQuery {
  /** Only what the available points pay for. */
  @Optional() @Flag() readonly affordable?: boolean;
}

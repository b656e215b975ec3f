import type { PublicMessage } from '../message';
import * as accounts from './accounts.messages';
import * as earning from './earning.messages';
import * as pos from './pos.messages';
import * as purchases from './purchases.messages';
import * as rewardStore from './reward-store.messages';

/** Every public message there is, by name. */
export const publicMessageContracts: readonly PublicMessage<unknown>[] = [
  accounts,
  earning,
  rewardStore,
  purchases,
  pos,
]
  .flatMap((file) => Object.values<unknown>(file).filter(isPublicMessage))
  .sort((one, other) => (one.type < other.type ? -1 : 1));

function isPublicMessage(value: unknown): value is PublicMessage<unknown> {
  return typeof value === 'object' && value !== null && 'topic' in value && 'schema' in value;
}

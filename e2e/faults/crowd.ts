import type { Client } from '../support/client';
import { EUR_PROGRAM, register, type Member } from '../support/fixtures';
import { dice } from '../support/random';
import type { Effect } from './operations';
import { Shopper } from './shopper';
import type { Tally } from './tally';

/** Two clients on each of seven accounts, who ask again until they know. */
const PATIENT_MEMBERS = 7;
/** A client on each of two accounts, who never asks again what became of a request. */
const HASTY_MEMBERS = 2;

export interface Crowd {
  readonly patient: readonly Shopper[];
  readonly hasty: readonly Shopper[];
  readonly members: readonly Member[];
  readonly hastyMembers: readonly Member[];
}

/** Sixteen clients; what each does next follows from the seed. */
export async function gather(
  client: Client,
  { seed, tally }: { readonly seed: number; readonly tally: Tally },
): Promise<Crowd> {
  const members = await registerAll(client, 'patient', PATIENT_MEMBERS);
  const hastyMembers = await registerAll(client, 'hasty', HASTY_MEMBERS);
  const common = { client, onEffect: (who: Member, effect: Effect) => tally.add(who, effect) };
  return {
    patient: [...members, ...members].map(
      (member, i) => new Shopper({ ...common, name: `patient-${i}`, member, dice: dice(seed + i) }),
    ),
    hasty: hastyMembers.map((member, i) => {
      const luck = dice(seed + 100 + i);
      return new Shopper({ ...common, name: `hasty-${i}`, member, dice: luck, walksAway: true });
    }),
    members,
    hastyMembers,
  };
}

/** A programme, an airline to pay with points, a book shop, and an offer for 10 points. */
export async function openShop(client: Client): Promise<void> {
  await client.post('/programs', EUR_PROGRAM);
  await client.post('/vendors', { id: 'airline', name: 'Airline', kind: 'external' });
  const adapter = { type: 'sandbox' };
  await client.post('/vendors', { id: 'books', name: 'Books', kind: 'portfolio', adapter });
  await client.put('/vendors/books/products/novel', { name: 'Novel', price: 300 });
  const fiveOff = { id: 'five-off', name: '5.00 off', type: 'amountOff', amount: 500 };
  await client.post('/offers', fiveOff);
  await client.post('/reward-stores', { id: 'shop', name: 'Shop', programId: 'euro' });
  await client.put('/reward-stores/shop/offers/five-off', { price: 10 });
}

async function registerAll(client: Client, name: string, count: number): Promise<Member[]> {
  const members: Member[] = [];
  for (let i = 0; i < count; i += 1) members.push(await register(client, `${name}-${i}`));
  return members;
}

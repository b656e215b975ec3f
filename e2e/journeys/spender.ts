import type { Answer, Client } from '../support/client';
import { key, register, ticket, type Member } from '../support/fixtures';
import { until } from '../support/until';

/** A write under one key or business id, so that it may be sent any number of times. */
export interface Write {
  readonly name: string;
  readonly status: number;
  /** Of the answer, whenever it comes. */
  readonly body: object;
  send(): Promise<Answer>;
}

/** What an answer of 503 leaves open. */
export function isKnown({ status }: Answer): boolean {
  return status !== 503;
}

/** The shelf that `Spender` buys from; the programme must refuse returns of spent points. */
export async function openShelf(client: Client): Promise<void> {
  const offer = { id: 'five-off', name: '5.00 off', type: 'amountOff', amount: 500 };
  await client.post('/offers', offer);
  await client.post('/reward-stores', { id: 'shop', name: 'Shop', programId: 'euro' });
  await client.put('/reward-stores/shop/offers/five-off', { price: 40 });
}

/**
 * Somebody with 1,050 points, and somebody else who earned 40 and spent them: for them, every kind
 * of write that needs an answer of accounts before it can answer itself.
 */
export class Spender {
  private readonly keys = { authorize: key(), buy: key() };

  private constructor(
    private readonly client: Client,
    private readonly name: string,
    private readonly members: { readonly member: Member; readonly spent: Member },
  ) {}

  get member(): Member {
    return this.members.member;
  }

  get spent(): Member {
    return this.members.spent;
  }

  static async prepare(client: Client, name: string): Promise<Spender> {
    const [member, spent] = [await register(client, name), await register(client, `${name}-broke`)];
    const spender = new Spender(client, name, { member, spent });
    await spender.sell('earns', 100_000, name);
    await spender.sell('wrong-size', 5_000, name);
    await spender.sell('regretted', 4_000, `${name}-broke`);
    const idempotencyKey = key();
    const bought = await until(() => spender.buy(spent, idempotencyKey), isKnown);
    if (bought.status !== 201) throw new Error(`${name}: ${JSON.stringify(bought.body)}`);
    return spender;
  }

  /** All five, side by side on one account, and what each answers in the end. */
  writes(): readonly Write[] {
    const { client, name, member, keys } = this;
    const participant = { externalId: name };
    const paid = ticket(`${name}-pays`, 10_000, { participant, redeem: { points: 100 } });
    const held = { participantId: member.id, vendorId: 'airline', reference: name, points: 200 };
    return [
      {
        name: 'a ticket paid with points',
        status: 201,
        body: { redemption: { points: 100, amount: 100 } },
        send: () => client.post('/transactions', paid),
      },
      {
        name: 'an authorization',
        status: 201,
        body: { status: 'authorized', points: 200 },
        send: () => client.post('/purchases/authorize', held, { idempotencyKey: keys.authorize }),
      },
      {
        name: 'an offer purchase',
        status: 201,
        body: { pointsSpent: 40, issuedOffers: [{ offerId: 'five-off', status: 'issued' }] },
        send: () => this.buy(member, keys.buy),
      },
      {
        name: 'a return',
        status: 201,
        body: { returnId: 'r-1', reversedPoints: 50, forgivenPoints: 0 },
        send: () => this.giveBack('wrong-size'),
      },
      {
        name: 'a return of what is spent',
        status: 409,
        body: { code: 'points_already_redeemed' },
        send: () => this.giveBack('regretted'),
      },
    ];
  }

  /** Copies of the offer that the member has. */
  async offers(): Promise<number> {
    const path = `/participants/${this.member.id}/issued-offers`;
    return (await this.client.get<{ data: object[] }>(path)).body.data.length;
  }

  private async sell(what: string, total: number, externalId: string): Promise<void> {
    const sold = ticket(`${this.name}-${what}`, total, { participant: { externalId } });
    const send = (): Promise<Answer> => this.client.post('/transactions', sold);
    const { body } = await until(send, (answer) => answer.body['credited'] === true);
    if (body['credited'] !== true) throw new Error(JSON.stringify(body));
  }

  private buy({ id }: Member, idempotencyKey: string): Promise<Answer> {
    const path = '/reward-stores/shop/offers/five-off/purchases';
    return this.client.post(path, { participantId: id }, { idempotencyKey });
  }

  private giveBack(what: string): Promise<Answer> {
    const path = `/transactions/${this.name}-${what}/returns`;
    return this.client.post(path, { returnId: 'r-1', full: true });
  }
}

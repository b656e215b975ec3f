import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../support/client';
import { balanceOf, type Member } from '../support/fixtures';
import type { Effect } from './operations';

interface Sums {
  earned: number;
  redeemed: number;
  held: number;
}

/** Orders settle meanwhile; a difference at rest is real. */
const REST_MS_MAX = 5_000;

/** What the clients together believe of each account, from answers alone. */
export class Tally {
  private readonly sums = new Map<string, Sums>();
  private readonly underWay = new Map<string, { member: Member; points: number }>();

  add(member: Member, { underWay, earned = 0, redeemed = 0, held = 0 }: Effect): void {
    const sums = this.of(member.accountId);
    sums.earned += earned;
    sums.redeemed += redeemed;
    sums.held += held + (underWay?.points ?? 0);
    if (underWay === undefined) return;
    this.underWay.set(underWay.purchaseId, { member, points: underWay.points });
  }

  /** Every hold has come to its end. */
  releaseAll(): void {
    for (const sums of this.sums.values()) sums.held = 0;
  }

  /** Orders whose vendor has answered are paid. Resolves with how many are still under way. */
  async learnOfOrders(client: Client): Promise<number> {
    for (const [purchaseId, { member, points }] of this.underWay) {
      const { body } = await client.get<{ status: string }>(`/purchases/${purchaseId}`);
      if (body.status === 'authorized') continue;
      if (body.status !== 'confirmed') throw new Error(`order ${purchaseId} is ${body.status}`);
      this.underWay.delete(purchaseId);
      this.add(member, { held: -points, redeemed: points });
    }
    return this.underWay.size;
  }

  /** Throws when an account is not, to the point, what was answered. */
  async expectOn(client: Client, { accountId }: Member): Promise<void> {
    const giveUpAt = Date.now() + REST_MS_MAX;
    for (;;) {
      await this.learnOfOrders(client);
      const expected = this.expectedOf(accountId);
      const seen = await countersOf(client, accountId);
      if (isDeepStrictEqual(seen, expected)) return;
      if (Date.now() > giveUpAt) {
        const [is, told] = [JSON.stringify(seen), JSON.stringify(expected)];
        throw new Error(`${accountId} is ${is}, but its clients were told ${told}`);
      }
      await sleep(50);
    }
  }

  private expectedOf(accountId: string): Counters {
    const { earned, redeemed, held } = this.of(accountId);
    const total = earned - redeemed;
    return { available: total - held, pending: 0, held, total, debt: 0, earned, redeemed };
  }

  private of(accountId: string): Sums {
    let sums = this.sums.get(accountId);
    if (sums === undefined) {
      sums = { earned: 0, redeemed: 0, held: 0 };
      this.sums.set(accountId, sums);
    }
    return sums;
  }
}

type Counters = Readonly<Record<string, number | undefined>>;

async function countersOf(client: Client, accountId: string): Promise<Counters> {
  const balance = await balanceOf(client, accountId);
  const { available, pending, held, total, debt, lifetime } = balance;
  const { earned, redeemed } = lifetime;
  return { available, pending, held, total, debt, earned, redeemed };
}

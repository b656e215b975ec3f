import { POINTS_MAX } from '@fidelis/ledger';
import type { DeclinedPart } from './account.events';
import { walletOf, totalOf, type OpenedAccount } from './account.state';

/** How many points may still be granted, wallet by wallet, while one decision grants some. */
export class GrantRoom {
  private readonly left = new Map<string, number>();
  /** No counter of the account may leave the bound of points. */
  private leftInAll: number;

  constructor(private readonly account: OpenedAccount) {
    this.leftInAll = POINTS_MAX - account.lifetime.earned;
  }

  get reason(): DeclinedPart['code'] {
    return this.account.status === 'closed' ? 'account_closed' : 'max_balance_reached';
  }

  /** As many of `points` as there is room for; they count from now on. */
  take(wallet: string, points: number): number {
    if (this.account.status === 'closed') return 0;
    const room = Math.min(this.left.get(wallet) ?? this.roomOf(wallet), this.leftInAll);
    const taken = Math.min(points, room);
    this.left.set(wallet, room - taken);
    this.leftInAll -= taken;
    return taken;
  }

  private roomOf(wallet: string): number {
    const terms = this.account.terms.wallets.find((candidate) => candidate.code === wallet);
    if (terms?.maxBalance === undefined) return POINTS_MAX;
    const total = totalOf(walletOf(this.account, wallet));
    return Math.max(0, terms.maxBalance - total);
  }
}

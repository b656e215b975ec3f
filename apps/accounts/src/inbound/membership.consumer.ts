import { Controller } from '@nestjs/common';
import {
  AwardReversedV1,
  MembershipOpenedV1,
  PointsAwardedV1,
  type AwardRequest,
} from '@fidelis/contracts';
import { ContractError, OperationalError } from '@fidelis/kernel';
import { ConsumesBatch, isMessageOf, REPEATED, type ReceivedMessage } from '@fidelis/messaging';
import { AccountsService } from '../accounts.service';

import { MEMBERSHIP_GROUP } from './membership-group';

type PublishedAward = Omit<AwardRequest, 'now'>;

/**
 * The commands of memberships to their accounts, as the topic repeats them: what a call did already
 * changes nothing here. Awards that follow each other become one event of their account.
 */
@Controller()
export class MembershipConsumer {
  constructor(private readonly service: AccountsService) {}

  @ConsumesBatch([MembershipOpenedV1, PointsAwardedV1, AwardReversedV1], {
    group: MEMBERSHIP_GROUP,
  })
  async apply(messages: readonly ReceivedMessage[]): Promise<typeof REPEATED | undefined> {
    const byAccount = new Map<string, ReceivedMessage[]>();
    for (const message of messages) {
      const lane = byAccount.get(message.key);
      if (lane === undefined) byAccount.set(message.key, [message]);
      else lane.push(message);
    }
    const lanes = [...byAccount.values()].map((lane) => this.applyInOrder(lane));
    let repeated = true;
    for (const ended of await Promise.allSettled(lanes)) {
      if (ended.status === 'rejected') throw ended.reason;
      repeated &&= ended.value;
    }
    return repeated ? REPEATED : undefined;
  }

  /** `true`: all of it was done before. */
  private async applyInOrder(messages: readonly ReceivedMessage[]): Promise<boolean> {
    let repeated = true;
    let awards: PublishedAward[] = [];
    for (const message of messages) {
      if (isMessageOf(PointsAwardedV1, message)) {
        awards.push(message.data);
        continue;
      }
      await this.award(awards);
      awards = [];
      repeated = false;
      await this.applyOne(message);
    }
    return (await this.award(awards)) && repeated;
  }

  private async applyOne(message: ReceivedMessage): Promise<void> {
    const now = this.service.now();
    if (isMessageOf(MembershipOpenedV1, message)) {
      await this.service.calls.open({ ...message.data, now });
    } else if (isMessageOf(AwardReversedV1, message)) {
      const answer = await this.service.calls.reverse({ ...message.data, now });
      if (answer.ok === 'not-yet') throw new OperationalError('a reversal came before its turn');
    } else throw new ContractError(`${message.type} is not known here`);
  }

  /** Usually a call was faster: the mark says so, without a look at each operation. */
  private async wasDone(accountId: string, sequence: number): Promise<boolean> {
    const known = this.service.accounts.repository.peek(accountId);
    if (known === undefined || known.state.status === 'none') return false;
    if (known.state.membershipMark < sequence) return false;
    await known.durable;
    return true;
  }

  /** `true`: they were done before. */
  private async award(awards: readonly PublishedAward[]): Promise<boolean> {
    const [first, last] = [awards[0], awards.at(-1)];
    if (first === undefined || last === undefined) return true;
    const { accountId, operation } = first;
    if (await this.wasDone(accountId, last.sequence)) return true;
    const range = `awards:${first.sequence}-${last.sequence}`;
    const to = { accountId, operation: awards.length === 1 ? operation : { id: range } };
    const handled = await this.service.terms.award(to, awards, this.service.now());
    if (handled.outcome === 'rejected') {
      const { code, detail } = handled.rejection;
      throw code === 'not_yet' ? new OperationalError(detail) : new ContractError(detail);
    }
    await handled.durable;
    const { state } = handled;
    if (state.status === 'none' || state.membershipMark < last.sequence) {
      throw new OperationalError(`account ${accountId} waits for an earlier command`);
    }
    return false;
  }
}

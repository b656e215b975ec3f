import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Client } from '../support/client';
import type { Member } from '../support/fixtures';
import type { Dice } from '../support/random';
import * as does from './operations';
import type { Effect, Held, Operation } from './operations';

export interface Done {
  readonly operation: Operation;
  readonly answer: Answer;
}

const RETRY_MS = 25;
/** A service that asks to come again for longer than this is stuck. */
const RETRIES_MAX = 2400;

/**
 * One client that writes, one request after the other, and believes only what it was told. An
 * answer that got lost leaves its operation unknown until the same request is answered.
 */
export class Shopper {
  readonly done: Done[] = [];
  /** Sent, and never answered. */
  unknown: Operation | undefined;
  private readonly holds: Held[] = [];
  private readonly purchases: Held[] = [];
  private readonly offers: string[] = [];
  private sent = 0;

  constructor(
    private readonly options: {
      readonly name: string;
      readonly client: Client;
      /** Others may use the account at the same time. */
      readonly member: Member;
      readonly dice: Dice;
      /** Leaves what it has held: somebody else must free it. */
      readonly walksAway?: boolean;
      readonly onEffect: (member: Member, effect: Effect) => void;
    },
  ) {}

  /** Until the server is gone. Throws at an answer that must not be. */
  async shop(isOpen: () => boolean): Promise<void> {
    while (isOpen() && this.unknown === undefined) {
      this.unknown = this.next();
      await this.resolve();
    }
  }

  /** Sends what is unknown until it is answered, or the server is gone. */
  async resolve(): Promise<void> {
    const operation = this.unknown;
    if (operation === undefined) return;
    const answer = await this.answerTo(operation);
    if (answer === undefined) return;
    this.unknown = undefined;
    this.learn(operation, answer);
  }

  /** `undefined`: no answer. */
  async send({ path, body, idempotencyKey }: Operation): Promise<Answer | undefined> {
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    return this.options.client.post(path, body, key).catch((error: unknown) => {
      if (isGone(error)) return undefined;
      throw error;
    });
  }

  /** Gives up what it does not know; it will never ask again. */
  forget(): Operation | undefined {
    const operation = this.unknown;
    this.unknown = undefined;
    return operation;
  }

  private async answerTo(operation: Operation): Promise<Answer | undefined> {
    for (let attempt = 0; attempt < RETRIES_MAX; attempt += 1) {
      const answer = await this.send(operation);
      if (answer === undefined || !isLater(answer)) return answer;
      await sleep(RETRY_MS);
    }
    throw new Error(`${operation.kind} of ${this.options.name} stays unavailable`);
  }

  private learn(operation: Operation, answer: Answer): void {
    // Others may have spent the points, or used them up, meanwhile.
    if (answer.status === 409 && answer.body['code'] === 'insufficient_points') return;
    if (!operation.statuses.includes(answer.status)) {
      const { status, body } = answer;
      throw new Error(`${operation.kind} ${operation.path}: ${status} ${JSON.stringify(body)}`);
    }
    this.options.onEffect(operation.member, operation.effectOf(answer.body));
    this.done.push({ operation, answer });
    this.remember(operation, answer.body);
  }

  private remember({ kind, body: sent }: Operation, body: does.Body): void {
    const { points } = sent as { points: number };
    if (kind === 'hold') this.holds.push({ id: body['holdId'] as string, points });
    if (kind === 'authorize') this.purchases.push({ id: body['purchaseId'] as string, points });
    if (kind !== 'offer purchase') return;
    this.offers.push(...(body['issuedOffers'] as { id: string }[]).map(({ id }) => id));
  }

  private next(): Operation {
    const { dice, name, member } = this.options;
    this.sent += 1;
    const named = { member, name: `${name}-${this.sent}` };
    if (this.options.walksAway === true) return this.nextOfPasserBy(named);
    const chance = dice.roll();
    if (chance < 0.25) return does.sale(named, this.basket(0));
    if (chance < 0.4) return does.sale(named, this.basket(dice.between(1, 20)));
    if (chance < 0.5) return does.credit(named, dice.between(1, 200));
    if (chance < 0.58) return does.debit(named, dice.between(1, 40));
    if (chance < 0.76) return this.nextHold(named);
    if (chance < 0.92) return this.nextPurchase(named);
    if (chance < 0.97) return does.buyOffer(named, dice.between(1, 2));
    return does.order(named);
  }

  private nextOfPasserBy(named: { member: Member; name: string }): Operation {
    const { dice } = this.options;
    const chance = dice.roll();
    if (chance < 0.4) return does.sale(named, this.basket(0));
    if (chance < 0.8) return does.sale(named, this.basket(dice.between(1, 20)));
    if (chance < 0.9) return does.hold(named, dice.between(2, 10));
    return does.authorize(named, dice.between(2, 10));
  }

  private basket(redeem: number) {
    const { dice } = this.options;
    const offer = dice.roll() < 0.3 ? this.offers.pop() : undefined;
    return { total: dice.between(2_000, 30_000), redeem, offer };
  }

  private nextHold(named: { member: Member; name: string }): Operation {
    const { dice } = this.options;
    const held = this.holds.length > 0 && dice.roll() < 0.6 ? this.holds.shift() : undefined;
    if (held === undefined) return does.hold(named, dice.between(2, 60));
    if (dice.roll() < 0.5) return does.release(named, held);
    return does.capture(named, held, dice.between(1, held.points));
  }

  private nextPurchase(named: { member: Member; name: string }): Operation {
    const { dice } = this.options;
    const purchase =
      this.purchases.length > 0 && dice.roll() < 0.6 ? this.purchases.shift() : undefined;
    if (purchase === undefined) return does.authorize(named, dice.between(2, 60));
    if (dice.roll() < 0.5) return does.cancel(named, purchase);
    return does.confirm(named, purchase, dice.between(1, purchase.points));
  }
}

/** Nothing is known yet, and the same request will be answered. */
function isLater({ status, body, headers }: Answer): boolean {
  const later = status === 503 || body['code'] === 'idempotency_in_progress';
  if (later && headers['retry-after'] === undefined) throw new Error('no Retry-After');
  return later;
}

/** The connection broke or nobody listens: nothing is known of the request. */
function isGone(error: unknown): boolean {
  // Not by its class: the sandbox of the tests has its own `Error`.
  const { code = '', message = '' } = error as Partial<NodeJS.ErrnoException>;
  return /ECONN|EPIPE|UND_ERR_SOCKET|UND_ERR_CLOSED|other side closed|terminated/.test(
    `${code} ${message}`,
  );
}

import {
  AccountOpenedV1,
  AccountTermsReplacedV1,
  EntriesRecordedV1,
  OrderReversedV1,
  PurchaseSettledV1,
  type AccountTerms,
  type EntryType,
  type LedgerEntry,
  type MessageContract,
  type Source,
} from '@fidelis/contracts';
import type { DataOf, ReceivedMessage } from '@fidelis/messaging';

/** 100 points are worth 100 minor units; a point costs half a minor unit. */
export const terms = (over: Partial<AccountTerms> = {}): AccountTerms => ({
  programId: 'gold',
  version: 1,
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  redeem: { points: 100, worth: 100 },
  expiry: { policy: 'never' },
  clawback: 'allow-negative',
  restore: 'original',
  wallets: [{ code: 'points', spendable: true }],
  finance: {
    expenseAccount: '6100',
    costCentre: 'MKT',
    costPerPoint: { amount: 1, points: 2 },
  },
  ...over,
});

export interface Move {
  readonly type: EntryType;
  readonly points: number;
  readonly amount?: number;
  readonly wallet?: string;
  readonly bySource?: LedgerEntry['bySource'];
  readonly source?: Source['kind'];
  /** Day of November 2026. */
  readonly day: number;
}

/** Writes an account's public history, message by message, as its publisher would. */
export class AccountHistory {
  readonly messages: ReceivedMessage[] = [];
  private revision = -1;
  private total = 0;

  constructor(
    readonly accountId: string,
    private readonly programId = 'gold',
  ) {}

  opened(accountTerms = terms()): this {
    const { accountId, programId } = this;
    return this.add(AccountOpenedV1, (revision) => ({
      ...{ accountId, programId, revision, terms: accountTerms },
      participantId: `p-${accountId}`,
      openedAt: at(1),
    }));
  }

  replaced(accountTerms: AccountTerms, day: number): this {
    const { accountId, programId } = this;
    return this.add(AccountTermsReplacedV1, (revision) => ({
      ...{ accountId, programId, revision, terms: accountTerms, replacedAt: at(day) },
    }));
  }

  moved(moves: readonly Move[], sequence?: number): this {
    const { accountId, programId } = this;
    return this.add(EntriesRecordedV1, (revision) => {
      const entries = moves.map((move, index) =>
        this.entry(move, `${accountId}.${revision}.${index}`),
      );
      return {
        ...{ accountId, programId, revision, entries },
        participantId: `p-${accountId}`,
        after: {
          ...{ total: this.total, debt: 0, held: 0, pending: 0, available: this.total },
          ...{ wallets: [], bySource: [] },
        },
        ...(sequence !== undefined && { awards: [{ sequence, outcome: 'credited' as const }] }),
      };
    });
  }

  /** An event that this history keeps to itself. */
  lost(moves: readonly Move[]): this {
    this.moved(moves);
    this.messages.pop();
    return this;
  }

  private entry(move: Move, id: string): LedgerEntry {
    const { type, points, amount, wallet = 'points', source = 'transaction' } = move;
    this.total += points;
    return {
      ...{ id, type, points, wallet },
      ...(amount !== undefined && { amount }),
      ...{ occurredAt: at(move.day), recordedAt: at(30), balanceAfter: this.total },
      source: { kind: source, id: 's' },
      lots: [],
      bySource: move.bySource ?? (points === 0 ? [] : [{ pointSource: 'default', points }]),
    };
  }

  private add<Data>(contract: MessageContract<Data>, data: (revision: number) => Data): this {
    this.revision += 1;
    const stream = `account-${this.accountId}`;
    const place = { key: this.accountId, aggregate: stream, revision: this.revision };
    this.messages.push(message(contract, data(this.revision), place));
    return this;
  }
}

type Settled = DataOf<typeof PurchaseSettledV1>;
type Reversed = DataOf<typeof OrderReversedV1>;

export function purchaseSettled(orders: Settled['orders'], over: Partial<Settled> = {}) {
  return message(
    PurchaseSettledV1,
    {
      ...{ purchaseId: 'buy', accountId: 'ann', programId: 'gold', orders, settledAt: at(9) },
      ...over,
    },
    { key: 'buy', aggregate: 'purchase-buy', revision: 3 },
  );
}

export function orderReversed(reversal: Pick<Reversed, 'reversalId' | 'amount'>, revision: number) {
  return message(
    OrderReversedV1,
    {
      ...{ purchaseId: 'buy', orderId: 'buy.1', vendorId: 'acme', accountId: 'ann' },
      ...{ programId: 'gold', points: 0, currency: 'EUR', reversedAt: at(10) },
      ...reversal,
    },
    { key: 'buy', aggregate: 'purchase-buy', revision },
  );
}

export function at(day: number): string {
  return `2026-11-${String(day).padStart(2, '0')}T10:00:00.000Z`;
}

export function message<Data>(
  contract: MessageContract<Data>,
  data: Data,
  place: { readonly key: string; readonly aggregate: string; readonly revision: number },
): ReceivedMessage<Data> {
  return {
    ...place,
    id: `${place.aggregate}@${place.revision}:0`,
    type: contract.type,
    source: `/test/${contract.topic}`,
    time: at(30),
    topic: contract.topic,
    ...{ position: '0', attempt: 1, data },
    bytes: () => new Uint8Array(),
  };
}

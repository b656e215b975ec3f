import type { OperationRef } from '@fidelis/aggregates';
import type { Answered } from '@fidelis/contracts';
import type { Decision, Instant, Rejection } from '@fidelis/kernel';
import { addDuration } from '@fidelis/ledger';
import type { ServiceCalls } from '@fidelis/service-calls';
import {
  cancelPurchase,
  confirmPurchase,
  type LivePurchase,
  type Purchase,
  type PurchaseEvent,
} from '../domain/purchase';
import type { PurchaseProcess } from '../processes/purchase.process';
import type { PurchasesConfig } from '../purchases.config';
import type { PurchasesStreams } from '../purchases.streams';
import { no, toRefusal, yes } from './answers';
import { draftExternal, type AuthorizePurchase } from './draft-external';
import type { OpenPurchase } from './open-purchase';
import { purchaseIdOf, type PurchaseDraft } from './purchase-draft';

export interface When {
  readonly operation: OperationRef;
  readonly now: Instant;
}

interface ExternalNeeds {
  readonly streams: PurchasesStreams;
  readonly calls: ServiceCalls;
  readonly opening: OpenPurchase;
  readonly purchases: PurchaseProcess;
  readonly config: PurchasesConfig;
}

/** External purchases: authorize, then confirm or cancel. Cancelling ends internal ones too. */
export class ExternalPurchases {
  constructor(private readonly needs: ExternalNeeds) {}

  async authorize(command: AuthorizePurchase, when: When): Promise<Answered<LivePurchase>> {
    const { operation, now } = when;
    const known = await this.needs.opening.find(purchaseIdOf(operation.id), operation);
    if (known !== undefined) return known;
    const drafted = await this.draft(command, when);
    if (!drafted.ok) return drafted;
    const expiresAt = this.expiryOf(command, now);
    return this.needs.opening.open({ draft: drafted.value, operation, expiresAt, now });
  }

  /** What it costs; also the whole answer of a dry run. */
  draft(command: AuthorizePurchase, { operation, now }: When): Promise<Answered<PurchaseDraft>> {
    return draftExternal(this.needs.calls, command, { operationId: operation.id, now });
  }

  expiryOf({ ttl }: AuthorizePurchase, now: Instant): Instant {
    return addDuration(now, ttl ?? this.needs.config.authorizationTtl, 'UTC');
  }

  /** The account decides: what is answered is what it did, not what was asked. */
  async confirm(
    purchaseId: string,
    command: { readonly authorizationId?: string; readonly points?: number },
    { operation, now }: When,
  ): Promise<Answered<LivePurchase>> {
    const asked = await this.decide(purchaseId, { operation, now }, (purchase) =>
      confirmPurchase({ ...command, now }, purchase),
    );
    if (!asked.ok) return asked;
    const purchase = await this.needs.purchases.advance(purchaseId, now);
    if (purchase.phase !== 'confirmed') {
      return no({ code: 'purchase_expired', detail: 'its hold lapsed before it was confirmed' });
    }
    return yes(purchase);
  }

  async cancel(purchaseId: string, when: When): Promise<Answered<LivePurchase>> {
    const { now } = when;
    const asked = await this.decide(purchaseId, when, (purchase) =>
      cancelPurchase({ now }, purchase),
    );
    if (!asked.ok) return asked;
    const purchase = await this.needs.purchases.advance(purchaseId, now);
    return purchase.phase === 'absent' ? no(unknown) : yes(purchase);
  }

  async find(purchaseId: string): Promise<LivePurchase | undefined> {
    const { state } = await this.needs.streams.purchases.load(purchaseId);
    return state.phase === 'absent' ? undefined : state;
  }

  private async decide<R extends Rejection>(
    purchaseId: string,
    { operation, now }: When,
    decide: (purchase: Purchase) => Decision<PurchaseEvent, R>,
  ): Promise<Answered<true>> {
    const handled = await this.needs.streams.purchases.handle({
      id: purchaseId,
      operation,
      now,
      decide,
    });
    if (handled.outcome === 'rejected') return no(toRefusal(handled.rejection));
    await handled.durable;
    return yes(true);
  }
}

const unknown = { code: 'not_found', detail: 'no such purchase' } as const;

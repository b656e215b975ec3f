import { OperationalError } from '@fidelis/kernel';
import type { SandboxBehaviour } from '../domain/vendor';
import type {
  CancellationAnswer,
  OrderForVendor,
  PlacementAnswer,
  VendorAdapter,
} from './vendor-adapter';

/** A vendor without a system: it answers in this process, as its settings say. */
export class SandboxVendor implements VendorAdapter {
  constructor(private readonly behaviour: SandboxBehaviour) {}

  async place({ orderId, items }: OrderForVendor): Promise<PlacementAnswer> {
    await this.think();
    const { answer = 'accept', refuseSkus = [], silentSkus = [] } = this.behaviour;
    const named = (skus: readonly string[]) => items.some(({ sku }) => skus.includes(sku));
    if (answer === 'silent' || named(silentSkus)) throw silence();
    if (answer === 'refuse' || named(refuseSkus)) {
      return { status: 'refused', reason: 'refused by the sandbox' };
    }
    const status = answer === 'acknowledge' ? 'acknowledged' : 'accepted';
    return { status, vendorOrderId: `SB-${orderId}` };
  }

  async cancel(): Promise<CancellationAnswer> {
    await this.think();
    const { cancellation = 'accept' } = this.behaviour;
    if (cancellation === 'silent') throw silence();
    return cancellation === 'refuse'
      ? { status: 'cancellation-refused', reason: 'refused by the sandbox' }
      : { status: 'cancelled' };
  }

  private async think(): Promise<void> {
    const { delayMs = 0 } = this.behaviour;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}

function silence(): OperationalError {
  return new OperationalError('the sandbox vendor does not answer');
}

import { GetVendor, QuoteItems, type Answered, type Quote } from '@fidelis/contracts';
import { answering, type AnsweredCall } from '@fidelis/service-calls';
import { toVendorTerms } from '../commands/vendor-terms';
import { priceItems, type AskedItem } from '../domain/vendor';
import type { VendorsStreams } from '../vendors.streams';

export function vendorsAnswers(streams: VendorsStreams): readonly AnsweredCall[] {
  return [
    answering(GetVendor, async ({ vendorId }) => {
      const { state } = await streams.vendors.load(vendorId);
      return state.phase === 'absent' ? null : toVendorTerms(state);
    }),
    answering(QuoteItems, ({ vendorId, items }) => quote(streams, vendorId, items)),
  ];
}

/** Always from the stream: every price that was answered before counts. */
async function quote(
  streams: VendorsStreams,
  vendorId: string,
  asked: readonly AskedItem[],
): Promise<Answered<Quote>> {
  const { state } = await streams.vendors.load(vendorId);
  if (state.phase === 'absent') {
    return { ok: false, refusal: { code: 'not_found', detail: `no such vendor ${vendorId}` } };
  }
  const priced = priceItems(state, asked);
  if (!priced.ok) return { ok: false, refusal: { ...priced.rejection } };
  const amount = priced.items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const currency = state.settlement?.currency;
  return {
    ok: true,
    value: {
      vendor: toVendorTerms(state),
      items: priced.items,
      amount,
      ...(currency !== undefined && { currency }),
    },
  };
}

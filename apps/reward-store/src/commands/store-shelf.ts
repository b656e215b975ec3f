import { listingIn, type Catalogue } from '../catalogue/catalogue';
import type { DefinedOffer, Listing } from '../domain/offer';
import { stockLimitOf, type Allotments } from './allotments';

/** What stands in a store, with what is left of it. */
export class StoreShelf {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly allotments: Allotments,
  ) {}

  /** By offer id. */
  async listingsIn(storeId: string): Promise<readonly Listed[]> {
    const offers = await this.catalogue.offers();
    return offers.flatMap((offer) => {
      const listing = listingIn(offer, storeId);
      return listing === undefined ? [] : [{ offer, listing }];
    });
  }

  /** Nothing where the stock has no limit. */
  async stockOf({ offer, listing }: Listed): Promise<{ stock?: number; stockLeft?: number }> {
    const limit = stockLimitOf(offer.offerId, listing);
    if (limit === undefined) return {};
    return { stock: limit.max, stockLeft: await this.allotments.left(limit) };
  }
}

export interface Listed {
  readonly offer: DefinedOffer;
  readonly listing: Listing;
}

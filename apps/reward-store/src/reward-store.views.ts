import { anyView, type ServiceViews } from '@fidelis/service/views';
import { issueDue, issuedOfferDue } from './processes/issued-offer.process';
import { offerPurchaseDue } from './processes/offer-purchase.process';
import { issuedOffersProjection } from './projections/issued-offers/issued-offers.projection';
import { rewardStoreDefaults } from './reward-store.config';
import { rewardStoreFlow } from './reward-store.flow';

export const rewardStoreViews: ServiceViews = {
  flow: rewardStoreFlow,
  projections: [anyView(issuedOffersProjection)],
  schedules: [offerPurchaseDue(rewardStoreDefaults), issueDue(rewardStoreDefaults), issuedOfferDue],
  messageViews: [],
};

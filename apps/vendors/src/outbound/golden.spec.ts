import { OrderAnsweredV1 } from '@fidelis/contracts';
import { describeGoldens } from '@fidelis/testing/golden';
import type { VendorOrderEvent } from '../domain/vendor-order';
import { vendorsPublisher } from './vendors.publisher';

const refused: VendorOrderEvent = {
  type: 'OrderRefused',
  data: {
    orderId: 'p1.1',
    purchaseId: 'p1',
    vendorId: 'shop',
    vendorOrderId: 'V-77',
    reason: 'sold out',
    at: '2026-11-22T10:00:00.000Z',
  },
};

describeGoldens(vendorsPublisher, [
  { contract: OrderAnsweredV1, stream: 'vendorOrder-p1.1', revision: 3, event: refused },
]);

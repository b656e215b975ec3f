import {
  GetProgramTerms,
  GetShippingAddress,
  GetVendor,
  OrderAnsweredV1,
  OrderCancellationRequestedV1,
  OrderRequestedV1,
  QuoteItems,
} from '@fidelis/contracts';
import type { ServiceFlow } from '@fidelis/service';
import { vendorsPublisher } from './outbound/vendors.publisher';

export const vendorsFlow: ServiceFlow = {
  service: 'vendors',
  purpose: 'Keeps vendors and their catalogues, and places each order exactly once.',
  consumes: [
    {
      contract: OrderRequestedV1,
      group: 'vendors.take-orders',
      handler: 'inbound/orders.consumer.ts',
    },
    {
      contract: OrderCancellationRequestedV1,
      group: 'vendors.take-orders',
      handler: 'inbound/orders.consumer.ts',
    },
  ],
  answers: [GetVendor, QuoteItems],
  calls: [GetShippingAddress, GetProgramTerms],
  decides: [
    {
      aggregate: 'vendor',
      category: 'vendor',
      commands: ['RegisterVendor', 'ReviseVendor', 'ListProduct', 'TakeStock', 'ReturnStock'],
      events: ['VendorRegistered', 'VendorRevised', 'ProductListed', 'StockTaken', 'StockReturned'],
    },
    {
      aggregate: 'vendor-order',
      category: 'vendorOrder',
      commands: [
        'ReceiveOrder',
        'SecureStock',
        'BeginAttempt',
        'RecordFailedAttempt',
        'RecordAnswer',
        'RequestCancellation',
        'GiveStockBack',
      ],
      events: [
        'OrderReceived',
        'StockSecured',
        'PlacementAttempted',
        'PlacementFailed',
        'OrderAcknowledged',
        'OrderAccepted',
        'OrderRefused',
        'CancellationRequested',
        'CancellationAttempted',
        'CancellationFailed',
        'OrderCancelled',
        'OrderCancellationRefused',
        'StockGivenBack',
      ],
    },
  ],
  projects: [
    {
      name: 'catalog',
      categories: ['vendor'],
      purpose: 'products of all vendors, to be searched',
    },
  ],
  processes: [
    {
      name: 'deliver-orders',
      categories: ['vendorOrder'],
      purpose: 'places orders at vendors, cancels them, takes and returns stock',
    },
    {
      name: 'retry-orders',
      categories: ['vendorOrder'],
      purpose: 'asks vendors again that did not answer, until the limit',
    },
  ],
  publishes: [{ publisher: vendorsPublisher, contracts: [OrderAnsweredV1] }],
};

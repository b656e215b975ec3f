import {
  AmountMinor,
  CurrencyCode,
  Flag,
  Identifier,
  ListOf,
  Nested,
  OneOf,
  Optional,
  Points,
  Text,
  WholeNumber,
} from '@fidelis/http';
import { AdapterBody, ConversionBody, LimitsBody, SettlementBody } from './vendors.requests';

const LIST_MAX = 200;

/** Without its secret; `hasSecret` says whether there is one. */
class AdapterAnswer extends AdapterBody {
  @Flag() readonly hasSecret!: boolean;
}

export class VendorAnswer {
  @Identifier() readonly id!: string;
  @WholeNumber({ min: 1 }) readonly version!: number;
  @Text({ max: 200 }) readonly name!: string;
  @OneOf('portfolio', 'external') readonly kind!: string;
  @WholeNumber({ min: 0 }) readonly commissionBps!: number;
  @Optional() @Nested(() => AdapterAnswer) readonly adapter?: AdapterAnswer;
  @Optional() @Nested(() => ConversionBody) readonly conversion?: ConversionBody;
  @Optional() @Nested(() => SettlementBody) readonly settlement?: SettlementBody;
  @Optional() @Nested(() => LimitsBody) readonly limits?: LimitsBody;
}

export class VendorsPageAnswer {
  @ListOf(() => VendorAnswer, { max: LIST_MAX }) readonly data!: readonly VendorAnswer[];
  @Optional() @Text({ max: 500 }) readonly nextCursor?: string;
}

export class ProductAnswer {
  @Identifier() readonly vendorId!: string;
  @Identifier() readonly sku!: string;
  @Text({ max: 300 }) readonly name!: string;
  @AmountMinor() readonly price!: number;
  @Optional() @AmountMinor() readonly cost?: number;
  @Optional() @WholeNumber({ min: 0 }) readonly stock?: number;
  @Optional() @Text({ max: 100 }) readonly category?: string;
  @Optional() @Text({ max: 1000 }) readonly imageUrl?: string;
}

class CatalogItemAnswer {
  @Identifier() readonly vendorId!: string;
  @Text({ max: 200 }) readonly vendorName!: string;
  @Identifier() readonly sku!: string;
  @Text({ max: 300 }) readonly name!: string;
  @AmountMinor() readonly price!: number;
  @Optional() @CurrencyCode() readonly currency?: string;
  /** Absent when there is no rate: several programmes, and none was named. */
  @Optional() @Points() readonly points?: number;
  @Optional() @WholeNumber({ min: 0 }) readonly stock?: number;
  @Optional() @Text({ max: 100 }) readonly category?: string;
  @Optional() @Text({ max: 1000 }) readonly imageUrl?: string;
}

export class CatalogPageAnswer {
  @ListOf(() => CatalogItemAnswer, { max: LIST_MAX }) readonly data!: readonly CatalogItemAnswer[];
  @Optional() @Text({ max: 500 }) readonly nextCursor?: string;
}

export class CallbackAnswer {
  @Identifier() readonly orderId!: string;
  /** Where the order is now. */
  @Text() readonly status!: string;
}

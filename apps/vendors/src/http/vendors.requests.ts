import {
  AmountMinor,
  CurrencyCode,
  Duration,
  fieldTypes,
  Identifier,
  ListOf,
  Nested,
  OneOf,
  Optional,
  OptionalOrNull,
  PageQuery,
  Pattern,
  PositivePoints,
  Text,
  WholeNumber,
} from '@fidelis/http';

const SKUS_MAX = 1000;
const SANDBOX_DELAY_MS_MAX = 60_000;

export class AdapterBody {
  @OneOf('http', 'sandbox') readonly type!: 'http' | 'sandbox';
  /** Type http: where orders go. */
  @Optional()
  @Pattern({ pattern: '^https?://[^\\s]+$', says: 'must be an http(s) address', max: 500 })
  readonly baseUrl?: string;
  /** Signs requests and callbacks. Never shown again; absent in a PUT: it stays. */
  @Optional() @Text({ max: 500 }) readonly secret?: string;
  /** Type sandbox, as all that follow: what it says to orders. */
  @Optional()
  @OneOf('accept', 'refuse', 'silent', 'acknowledge')
  readonly answer?: 'accept' | 'refuse' | 'silent' | 'acknowledge';
  @Optional()
  @OneOf('accept', 'refuse', 'silent')
  readonly cancellation?: 'accept' | 'refuse' | 'silent';
  @Optional()
  @ListOf(fieldTypes.identifier, { max: SKUS_MAX })
  readonly refuseSkus?: readonly string[];
  @Optional()
  @ListOf(fieldTypes.identifier, { max: SKUS_MAX })
  readonly silentSkus?: readonly string[];
  @Optional()
  @WholeNumber({ min: 0, max: SANDBOX_DELAY_MS_MAX })
  readonly delayMs?: number;
}

export class ConversionBody {
  @PositivePoints() readonly points!: number;
  @WholeNumber({ min: 1 }) readonly worth!: number;
}

export class SettlementBody {
  /** How long a settlement's period is: `P1M`, `monthly` … as finance names it. */
  @Text({ max: 40 }) readonly period!: string;
  @CurrencyCode() readonly currency!: string;
}

export class ParticipantLimitBody {
  @WholeNumber({ min: 0 }) readonly value!: number;
  @Duration() readonly period!: string;
}

export class LimitsBody {
  @Optional() @WholeNumber({ min: 1 }) readonly itemsPerOrder?: number;
  @Optional() @WholeNumber({ min: 1 }) readonly valuePerOrder?: number;
  @Optional() @Nested(() => ParticipantLimitBody) readonly perParticipant?: ParticipantLimitBody;
}

export class VendorBody {
  @Text({ max: 200 }) readonly name!: string;
  @OneOf('portfolio', 'external') readonly kind!: 'portfolio' | 'external';
  @Optional() @Nested(() => AdapterBody) readonly adapter?: AdapterBody;
  @Optional() @Nested(() => ConversionBody) readonly conversion?: ConversionBody;
  @Optional() @WholeNumber({ min: 0, max: 10_000 }) readonly commissionBps?: number;
  @Optional() @Nested(() => SettlementBody) readonly settlement?: SettlementBody;
  @Optional() @Nested(() => LimitsBody) readonly limits?: LimitsBody;
}

export class NewVendorBody extends VendorBody {
  @Optional() @Identifier() readonly id?: string;
}

export class ProductBody {
  @Text({ max: 300 }) readonly name!: string;
  /** Minor units a piece. */
  @AmountMinor() readonly price!: number;
  @OptionalOrNull() @AmountMinor() readonly cost?: number | null;
  @OptionalOrNull() @WholeNumber({ min: 0 }) readonly stock?: number | null;
  @OptionalOrNull() @Text({ max: 100 }) readonly category?: string | null;
  @OptionalOrNull() @Text({ max: 1000 }) readonly imageUrl?: string | null;
}

export class CatalogQuery extends PageQuery {
  @Optional() @Text({ max: 200 }) readonly q?: string;
  @Optional() @Identifier() readonly vendorId?: string;
  @Optional() @Text({ max: 100 }) readonly category?: string;
  /** Whose rate the points follow, where the vendor has none; absent: the only programme's. */
  @Optional() @Identifier() readonly programId?: string;
}

export class CallbackBody {
  @Identifier() readonly orderId!: string;
  @OneOf('accepted', 'refused', 'cancelled', 'cancellation-refused')
  readonly status!: 'accepted' | 'refused' | 'cancelled' | 'cancellation-refused';
  @Optional() @Identifier() readonly vendorOrderId?: string;
  @Optional() @Text({ max: 500 }) readonly reason?: string;
}

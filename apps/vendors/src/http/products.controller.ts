import { Body, Controller, Get, Param, Put, Query, Req } from '@nestjs/common';
import {
  answered,
  callerOf,
  cursorOf,
  Endpoint,
  forbidden,
  idInPath,
  limitOf,
  operationOf,
  toPage,
  type Answered,
  type Caller,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import { listProduct, type ProductDetails } from '../domain/vendor';
import { listCatalog, type CatalogFilter } from '../projections/catalog/catalog.query';
import { VendorsService } from '../vendors.service';
import { CatalogPrices } from './catalog-prices';
import { vendorsProblems } from './vendors.problems';
import { CatalogPageAnswer, ProductAnswer } from './vendors.answers';
import { CatalogQuery, ProductBody } from './vendors.requests';

@Controller('v1')
export class ProductsController {
  constructor(private readonly service: VendorsService) {}

  @Put('vendors/:id/products/:sku')
  @Endpoint({
    summary: 'List a product, or change its price and stock',
    roles: ['backoffice', 'vendor'],
    idempotency: 'optional',
    otherStatuses: [201],
    body: ProductBody,
    answer: ProductAnswer,
    problems: vendorsProblems.statuses,
  })
  async list(
    @Req() request: EdgeRequest,
    @Param() path: { readonly id: string; readonly sku: string },
    @Body() body: ProductBody,
  ): Promise<Answered<object>> {
    const { streams, platform } = this.service;
    const { id: vendorId } = path;
    requireOwnVendor(callerOf(request), vendorId);
    const sku = idInPath(path.sku, 'sku');
    const now = platform.clock.now();
    const product = toProduct(body);
    const { state: before } = await streams.vendors.load(vendorId);
    const handled = await streams.vendors.handle({
      id: vendorId,
      operation: operationOf(request),
      now,
      decide: (vendor) => listProduct({ sku, product, now }, vendor),
    });
    if (handled.outcome === 'rejected') throw vendorsProblems.of(handled.rejection);
    await handled.durable;
    const known = before.phase === 'registered' && Object.hasOwn(before.products, sku);
    return answered(known ? 200 : 201, { vendorId, sku, ...product });
  }

  @Get('catalog')
  @Endpoint({
    summary: 'Search the products of all vendors, with their prices in points',
    roles: ['participant', 'pos', 'backoffice', 'finance'],
    idempotency: 'none',
    query: CatalogQuery,
    answer: CatalogPageAnswer,
  })
  async catalog(@Query() query: CatalogQuery): Promise<Page<object>> {
    const { runtime, readModel, platform } = this.service;
    if (query.fresh === true) await runtime.fresh('catalog');
    const limit = limitOf(query);
    const rows = await listCatalog(readModel, filterOf(query, limit + 1));
    const page = toPage(rows, limit, ({ vendorId, sku }) => [vendorId, sku]);
    const prices = new CatalogPrices(platform, query.programId);
    return { ...page, data: await Promise.all(page.data.map((row) => prices.of(row))) };
  }
}

/** A vendor's key changes its own catalogue only. */
function requireOwnVendor({ vendorId }: Caller, asked: string): void {
  if (vendorId !== undefined && vendorId !== asked) throw forbidden('this is another vendor');
}

function toProduct({ name, price, cost, stock, category, imageUrl }: ProductBody): ProductDetails {
  return {
    name,
    price,
    ...(cost != null && { cost }),
    ...(stock != null && { stock }),
    ...(category != null && { category }),
    ...(imageUrl != null && { imageUrl }),
  };
}

function filterOf(query: CatalogQuery, limit: number): CatalogFilter {
  const { q, vendorId, category } = query;
  const [afterVendor, afterSku] = cursorOf(query, ['string', 'string']) ?? [];
  return {
    limit,
    ...(q !== undefined && { q }),
    ...(vendorId !== undefined && { vendorId }),
    ...(category !== undefined && { category }),
    ...(afterVendor !== undefined && {
      after: { vendorId: String(afterVendor), sku: String(afterSku) },
    }),
  };
}

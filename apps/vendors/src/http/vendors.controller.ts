import { Body, Controller, Get, Param, Post, Put, Query, Req } from '@nestjs/common';
import {
  answered,
  cursorOf,
  Endpoint,
  idInPath,
  limitOf,
  notFound,
  operationOf,
  PageQuery,
  toPage,
  type Answered,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import { newId } from '@fidelis/kernel';
import { registerVendor, reviseVendor, type RegisteredVendor, type Vendor } from '../domain/vendor';
import { listVendorIds } from '../projections/catalog/catalog.query';
import { VendorsService } from '../vendors.service';
import { sameAdapterAs, toVendorAnswer, toVendorDetails } from './vendors.mapping';
import { vendorsProblems } from './vendors.problems';
import { VendorAnswer, VendorsPageAnswer } from './vendors.answers';
import { NewVendorBody, VendorBody } from './vendors.requests';

@Controller('v1/vendors')
export class VendorsController {
  constructor(private readonly service: VendorsService) {}

  @Post()
  @Endpoint({
    summary: 'Register a vendor',
    roles: ['backoffice'],
    idempotency: 'optional',
    status: 201,
    otherStatuses: [200],
    body: NewVendorBody,
    answer: VendorAnswer,
    problems: vendorsProblems.statuses,
  })
  async register(
    @Req() request: EdgeRequest,
    @Body() { id, ...body }: NewVendorBody,
  ): Promise<Answered<object>> {
    const { streams, sealer } = this.service;
    const operation = operationOf(request);
    const vendorId = id ?? (request.idempotencyKey === undefined ? newId() : operation.id);
    const now = this.service.platform.clock.now();
    const details = toVendorDetails(body, { sealer, known: { phase: 'absent' } });
    const handled = await streams.vendors.handle({
      id: vendorId,
      operation,
      now,
      decide: (vendor) =>
        registerVendor(
          { vendorId, details, sameAdapter: sameAdapterAs(details, sealer), now },
          vendor,
        ),
    });
    if (handled.outcome === 'rejected') throw vendorsProblems.of(handled.rejection);
    await handled.durable;
    return answered(handled.outcome === 'accepted' ? 201 : 200, viewOf(handled.state));
  }

  @Put(':id')
  @Endpoint({
    summary: 'Revise a vendor, or register it under this id',
    roles: ['backoffice'],
    idempotency: 'optional',
    otherStatuses: [201],
    body: VendorBody,
    answer: VendorAnswer,
    problems: vendorsProblems.statuses,
  })
  async revise(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: VendorBody,
  ): Promise<Answered<object>> {
    const vendorId = idInPath(id);
    const { streams, sealer } = this.service;
    const now = this.service.platform.clock.now();
    const { state: known } = await streams.vendors.load(vendorId);
    const details = toVendorDetails(body, { sealer, known });
    const handled = await streams.vendors.handle({
      id: vendorId,
      operation: operationOf(request),
      now,
      decide: (vendor) =>
        reviseVendor(
          { vendorId, details, sameAdapter: sameAdapterAs(details, sealer), now },
          vendor,
        ),
    });
    if (handled.outcome === 'rejected') throw vendorsProblems.of(handled.rejection);
    await handled.durable;
    return answered(known.phase === 'absent' ? 201 : 200, viewOf(handled.state));
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get a vendor',
    roles: ['backoffice', 'pos', 'finance'],
    idempotency: 'none',
    answer: VendorAnswer,
  })
  async get(@Param('id') vendorId: string): Promise<object> {
    const { state } = await this.service.streams.vendors.load(vendorId);
    return viewOf(state);
  }

  @Get()
  @Endpoint({
    summary: 'List vendors by id',
    roles: ['backoffice', 'pos', 'finance'],
    idempotency: 'none',
    query: PageQuery,
    answer: VendorsPageAnswer,
  })
  async list(@Query() query: PageQuery): Promise<Page<object>> {
    const { runtime, streams, readModel } = this.service;
    if (query.fresh === true) await runtime.fresh('catalog');
    const limit = limitOf(query);
    const after = cursorOf(query, ['string'])?.[0];
    const filter = { limit: limit + 1, ...(after !== undefined && { after: String(after) }) };
    const page = toPage(await listVendorIds(readModel, filter), limit, (id) => [id]);
    const vendors = await Promise.all(page.data.map(async (id) => streams.vendors.load(id)));
    return { ...page, data: vendors.map(({ state }) => viewOf(state)) };
  }
}

function viewOf(vendor: Vendor): object {
  return toVendorAnswer(requireVendor(vendor));
}

export function requireVendor(vendor: Vendor): RegisteredVendor {
  if (vendor.phase === 'absent') throw notFound('vendor');
  return vendor;
}

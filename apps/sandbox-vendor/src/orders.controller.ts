import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpException,
  Param,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { SandboxVendor } from './sandbox-vendor';
import type { BookedOrder, OrderRequest } from './order-book';

type SignedRequest = FastifyRequest & { readonly rawBody?: Buffer };

/** What a vendor has to serve for Fidelis' `http` adapter, and two doors to look and to steer. */
@Controller()
export class OrdersController {
  constructor(private readonly vendor: SandboxVendor) {}

  @Post('orders')
  @HttpCode(200)
  async place(
    @Req() request: SignedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { book, behaviour } = this.admitted(request);
    await this.vendor.think();
    if (behaviour.answer === 'silent') return cut(reply);
    const order = book.place(request.body as OrderRequest, behaviour);
    if (order.status === 'pending') {
      this.vendor.callBack(order.orderId);
      void reply.code(202);
    }
    return toAnswer(order);
  }

  @Post('orders/:orderId/cancel')
  @HttpCode(200)
  async cancel(
    @Req() request: SignedRequest,
    @Param('orderId') orderId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { book, behaviour } = this.admitted(request);
    await this.vendor.think();
    if (behaviour.cancellation === 'silent') return cut(reply);
    const order = book.cancel(orderId, behaviour);
    if (order === undefined) throw new HttpException('no such order', 404);
    if (order.status === 'cancelling') {
      this.vendor.callBack(orderId);
      void reply.code(202);
    }
    return toAnswer(order);
  }

  @Get('orders')
  list(): readonly BookedOrder[] {
    return this.vendor.book.all();
  }

  @Put('behaviour')
  steer(@Body() change: unknown): object {
    const behaviour = this.vendor.change(change);
    if (behaviour === undefined) throw new HttpException('not a behaviour', 400);
    return behaviour;
  }

  private admitted(request: SignedRequest): SandboxVendor {
    const { rawBody, headers } = request;
    try {
      new Webhook(this.vendor.config.secret).verify(
        rawBody ?? '',
        headers as Record<string, string>,
        { jsonParse: false },
      );
    } catch {
      throw new HttpException('the signature is missing, wrong or stale', 401);
    }
    return this.vendor;
  }
}

function toAnswer({ status, vendorOrderId }: BookedOrder): object {
  return { status, vendorOrderId };
}

/** As if the process had died: the caller never knows whether the order was taken. */
function cut(reply: FastifyReply): never {
  reply.raw.destroy();
  throw new HttpException('silent', 500);
}

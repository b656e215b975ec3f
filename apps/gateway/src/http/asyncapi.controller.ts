import { Controller, Get } from '@nestjs/common';
import { asyncApiDocument } from '@fidelis/contracts';
import { Endpoint } from '@fidelis/http';

@Controller('asyncapi.json')
export class AsyncApiController {
  private readonly document = asyncApiDocument();

  @Get()
  @Endpoint({
    summary: 'Get the AsyncAPI document of all topics',
    roles: 'public',
    idempotency: 'none',
  })
  show(): object {
    return this.document;
  }
}

import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { Endpoint, notFound, validationFailed } from '@fidelis/http';
import { ApiKeys } from '../keys/api-keys';
import { ApiKeyListView, ApiKeyRequest, CreatedApiKeyView } from './api-keys.requests';

@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @Endpoint({
    summary: 'Create an API key',
    description: 'The key is in this answer and never again; only its hash is kept.',
    roles: [],
    // Its answer holds the key: it must not be kept for a replay.
    idempotency: 'none',
    status: 201,
    body: ApiKeyRequest,
    answer: CreatedApiKeyView,
  })
  async create(@Body() body: ApiKeyRequest): Promise<CreatedApiKeyView> {
    const { name, roles, participantId, vendorId } = body;
    requireWith('participantId', participantId, roles.includes('participant'));
    requireWith('vendorId', vendorId, roles.includes('vendor'));
    return this.keys.create(name, { roles, participantId, vendorId });
  }

  @Get()
  @Endpoint({
    summary: 'List API keys, without their secrets',
    roles: [],
    idempotency: 'none',
    answer: ApiKeyListView,
  })
  list(): ApiKeyListView {
    return { data: this.keys.list() };
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Revoke an API key',
    roles: [],
    idempotency: 'none',
    status: 204,
    problems: { not_found: 404 },
  })
  async revoke(@Param('id') id: string): Promise<void> {
    if (!(await this.keys.revoke(id))) throw notFound(`API key ${id}`);
  }
}

// A participant's key without its participant could see everybody's data.
function requireWith(name: string, value: string | undefined, needed: boolean): void {
  if ((value !== undefined) === needed) return;
  const role = name.replace('Id', '');
  const detail = needed
    ? `${name} is required with the role ${role}`
    : `${name} is for the role ${role} only`;
  throw validationFailed([{ pointer: `/${name}`, code: needed ? 'required' : 'choice', detail }]);
}

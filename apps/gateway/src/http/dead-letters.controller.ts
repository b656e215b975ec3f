import { Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import {
  cursorOf,
  Endpoint,
  Identifier,
  JsonObjectField,
  limitOf,
  ListOf,
  notFound,
  OneOf,
  Optional,
  PageQuery,
  Text,
  toPage,
  type Page,
} from '@fidelis/http';
import { toDeadLetterView, type DeadLetterView, type RetryOutcome } from '@fidelis/messaging';
import { Platform } from '@fidelis/service';

class DeadLettersQuery extends PageQuery {
  @Optional() @Text({ max: 200 }) readonly group?: string;
  @Optional() @Text({ max: 200 }) readonly topic?: string;
}

class DeadLettersPage {
  @ListOf(() => DeadLetterShown, { max: 200 }) readonly data!: readonly object[];
  @Optional() @Text() readonly nextCursor?: string;
}

class DeadLetterShown {
  @Identifier() readonly id!: string;
  @Text() readonly group!: string;
  @Text() readonly topic!: string;
  @Text() readonly reason!: string;
  @Optional() @JsonObjectField() readonly more?: object;
}

class RetryView {
  @Identifier() readonly id!: string;
  @OneOf('handled', 'failed', 'queued') readonly outcome!: Exclude<RetryOutcome, 'not-found'>;
}

@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(private readonly platform: Platform) {}

  @Get()
  @Endpoint({
    summary: 'List messages that could not be taken, oldest first',
    roles: ['backoffice'],
    idempotency: 'none',
    query: DeadLettersQuery,
    answer: DeadLettersPage,
  })
  async list(@Query() query: DeadLettersQuery): Promise<Page<DeadLetterView>> {
    const limit = limitOf(query);
    const [after] = cursorOf(query, ['string']) ?? [];
    const letters = await this.platform.bus.deadLetters.list({
      limit: limit + 1,
      ...(query.group === undefined ? {} : { group: query.group }),
      ...(query.topic === undefined ? {} : { topic: query.topic }),
      ...(after === undefined ? {} : { after: String(after) }),
    });
    return toPage(letters.map(toDeadLetterView), limit, ({ id }) => [id]);
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get a dead letter with its original bytes',
    roles: ['backoffice'],
    idempotency: 'none',
    answer: DeadLetterShown,
  })
  async get(@Param('id') id: string): Promise<DeadLetterView> {
    const letter = await this.platform.bus.deadLetters.get(id);
    if (letter === undefined) throw notFound(`dead letter ${id}`);
    return toDeadLetterView(letter);
  }

  @Post(':id/retry')
  @Endpoint({
    summary: 'Give a dead letter to its consumer again',
    roles: ['backoffice'],
    idempotency: 'optional',
    answer: RetryView,
  })
  async retry(@Param('id') id: string): Promise<RetryView> {
    const outcome = await this.platform.bus.deadLetters.retry(id);
    if (outcome === 'not-found') throw notFound(`dead letter ${id}, or its payload,`);
    return { id, outcome };
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Discard a dead letter',
    roles: [],
    idempotency: 'none',
    status: 204,
  })
  async discard(@Param('id') id: string): Promise<void> {
    if (!(await this.platform.bus.deadLetters.discard(id))) throw notFound(`dead letter ${id}`);
  }
}

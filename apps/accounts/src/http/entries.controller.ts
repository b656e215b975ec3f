import { Controller, Get, Query } from '@nestjs/common';
import { cursorOf, Endpoint, limitOf, toPage, type Page } from '@fidelis/http';
import { AccountsService } from '../accounts.service';
import { entriesProjection } from '../projections/entries/entries.projection';
import { listEntries } from '../projections/entries/entries.query';
import { toEntryAnswer, type EntryShown } from './accounts.mapping';
import { AllEntriesQuery, EntryAnswer } from './accounts.requests';

@Controller('v1/entries')
export class EntriesController {
  constructor(private readonly service: AccountsService) {}

  @Get()
  @Endpoint({
    summary: 'List the entries of all accounts, newest first',
    roles: ['backoffice', 'finance'],
    idempotency: 'none',
    query: AllEntriesQuery,
    answer: [EntryAnswer],
  })
  async list(@Query() query: AllEntriesQuery): Promise<Page<EntryShown>> {
    if (query.fresh === true) await this.service.runtime.fresh(entriesProjection.name);
    const limit = limitOf(query);
    const { programId, participantId, transactionId } = query;
    const [position, index] = cursorOf(query, ['number', 'number']) ?? [];
    const rows = await listEntries(this.service.views, {
      programId,
      participantId,
      transactionId,
      before:
        position === undefined ? undefined : { position: Number(position), index: Number(index) },
      limit: limit + 1,
    });
    const page = toPage(rows, limit, (row) => [row.position, row.index]);
    return { ...page, data: page.data.map(({ entry }) => toEntryAnswer(entry)) };
  }
}

import { notFound } from '@fidelis/http';
import type { FoundTicket } from '../commands/ticket-sources';
import type { Earning } from '../earning';
import { returnProblems } from './earning.problems';

/** The ticket that a path names, by its id alone or as `<source>:<id>`. */
export async function foundTicket(
  { sources }: Earning,
  id: string,
): Promise<Extract<FoundTicket, { found: 'one' }>> {
  const found = await sources.find(id);
  switch (found.found) {
    case 'one':
      return found;
    case 'none':
      throw notFound(`transaction ${id}`);
    case 'several': {
      const detail = `several sources have a ticket ${id}; name one as <source>:<id>`;
      const fields = { sources: found.sources };
      throw returnProblems.problem('ambiguous_transaction', detail, fields);
    }
  }
}

import { isDryRun, type EdgeRequest } from '@fidelis/http';
import { RehearsedPlatform } from '@fidelis/service';
import type { TicketCommand } from '../commands/ticket';
import type { Earning } from '../earning';
import { toBatchAnswer } from './transactions.answers';

/** A ticket of many; what cannot be one has its answer already. */
export type Checked = { readonly command: TicketCommand } | { readonly answer: object };

/** Resolves when the next batch may follow; the answers are there when all of it is on disk. */
type Recorder = (
  checked: readonly Checked[],
) => Promise<{ readonly answers: Promise<readonly object[]> }>;

/** A rehearsal keeps what it writes in memory, some 2 KiB each: a long one begins anew. */
export const REHEARSED_EVENTS_MAX = 20_000;

/** As JSON: so does one of tickets that are large. */
const REHEARSED_BYTES_MAX = 32 * 1024 * 1024;

/** Records tickets and answers in their order; in a dry run in a rehearsal that they share. */
export function recorderFor(earning: Earning, request: EdgeRequest): Recorder {
  if (!isDryRun(request)) return (checked) => acceptAll(earning, checked);
  let platform = new RehearsedPlatform(earning.platform);
  let rehearsal = earning.rehearsalOfBatch(platform);
  return (checked) => {
    if (isLong(platform.eventStore)) {
      platform = new RehearsedPlatform(earning.platform);
      rehearsal = earning.rehearsalOfBatch(platform);
    }
    return acceptAll(rehearsal, checked);
  };
}

function isLong({ size, bytes, isMuchToCarry }: RehearsedPlatform['eventStore']): boolean {
  return size > REHEARSED_EVENTS_MAX || bytes > REHEARSED_BYTES_MAX || isMuchToCarry;
}

async function acceptAll(
  { recordBatch }: Earning,
  checked: readonly Checked[],
): Promise<{ readonly answers: Promise<readonly object[]> }> {
  const commands = checked.flatMap((one) => ('command' in one ? [one.command] : []));
  const { results } = await recordBatch.accept(commands);
  const answers = results.then((items) => {
    let next = 0;
    return checked.map((one) => {
      if ('answer' in one) return one.answer;
      const item = items[next++] ?? { status: 'unavailable' as const };
      return toBatchAnswer(one.command, item);
    });
  });
  // Whoever waits for them is told; nobody may be waiting yet, or any more.
  answers.catch(() => undefined);
  return { answers };
}

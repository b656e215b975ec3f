import type { AwardAnswer, Answered, Reversed } from '@fidelis/contracts';
import { Defect } from '@fidelis/kernel';
import type { AccountEvent } from '../domain/account';

/** What the account recorded for the membership's command `sequence`, as the call answers it. */
export function awardAnswerOf(
  events: Iterable<AccountEvent>,
  sequence: number,
): AwardAnswer | undefined {
  for (const event of events) {
    if (event.type === 'AwardDeclined' && event.data.sequence === sequence) {
      return { outcome: 'declined', code: event.data.declined.code };
    }
    if (event.type !== 'PointsAwarded') continue;
    const award = event.data.awards.find((candidate) => candidate.sequence === sequence);
    if (award === undefined) continue;
    const lots = award.lots.map(({ lotId, points }) => ({ lotId, points }));
    return { outcome: 'credited', lots };
  }
  return undefined;
}

export function reversalAnswerOf(
  events: Iterable<AccountEvent>,
  sequence: number,
): Answered<Reversed> | undefined {
  for (const event of events) {
    if (event.type === 'ReversalRefused' && event.data.sequence === sequence) {
      const { spends } = event.data;
      const detail = 'points of this ticket are spent or held';
      return { ok: false, refusal: { code: 'points_already_redeemed', detail, spends } };
    }
    if (event.type !== 'AwardReversed' || event.data.sequence !== sequence) continue;
    const taken = [...event.data.lots, ...event.data.debt];
    const reversedPoints = taken.reduce((sum, part) => sum + part.points, 0);
    return { ok: true, value: { reversedPoints, forgivenPoints: event.data.forgiven } };
  }
  return undefined;
}

/** The first answer that the account's whole stream gives: for a command done by another way. */
export async function fromStream<Answer>(
  events: AsyncIterable<AccountEvent>,
  answerOf: (events: Iterable<AccountEvent>) => Answer | undefined,
): Promise<Answer> {
  for await (const event of events) {
    const answer = answerOf([event]);
    if (answer !== undefined) return answer;
  }
  throw new Defect('a command that was applied has left no event');
}

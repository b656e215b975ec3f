import { sql, type Kysely } from 'kysely';
import type { Clock } from '@fidelis/kernel';
import { Health, Metrics } from '@fidelis/observability';
import { prepareTables } from '@fidelis/read-model';
import type { SharedClock } from '@fidelis/service';
import { createAnswerTables, type AnswerTables } from './answers/answer-tables';
import { Claims } from './answers/claims';
import { SharedAnswers } from './answers/shared-answers';
import { dropOldAnswers, type Gateway } from './gateway';
import { createGatewayTables, Facts, type GatewayTables } from './gateway-tables';
import { ApiKeys } from './keys/api-keys';
import { ParticipantTokens } from './keys/participant-tokens';
import { SharedKeys } from './keys/shared-keys';

export interface SharedGatewayOptions {
  /** The gateways' own, in PostgreSQL. Whoever opened it closes it. */
  readonly db: Kysely<SharedTables>;
  readonly adminKey: string | undefined;
  readonly clock: Clock;
  readonly testClock: SharedClock | undefined;
  readonly onError: (error: unknown) => void;
}

export type SharedTables = GatewayTables & AnswerTables;

/** One of several gateways of an installation: what they must agree on is in PostgreSQL. */
export async function openSharedGateway(options: SharedGatewayOptions): Promise<Gateway> {
  const { db, clock, testClock, onError } = options;
  await prepareTables(db, async (prepared) => {
    await createGatewayTables(prepared);
    await createAnswerTables(prepared);
  });
  const own = db as unknown as Kysely<GatewayTables>;
  const keys = new ApiKeys(own, clock);
  const generatedAdminKey = await keys.open(options.adminKey);
  const tokens = await ParticipantTokens.open(new Facts(own), clock);
  const shared = new SharedKeys(keys, { onError });
  const answers = new SharedAnswers(db, {
    clock,
    claims: new Claims(db as unknown as Kysely<never>),
    onError,
  });
  const health = new Health();
  health.addReady('database', async () => {
    await sql`select 1`.execute(db);
    return undefined;
  });
  const cleaning = dropOldAnswers(answers, onError);
  return {
    clock,
    testClock,
    keys,
    tokens,
    authenticator: {
      authenticate: (token) => tokens.authenticate(token) ?? shared.authenticate(token),
      lookUp: (token) =>
        ParticipantTokens.isOne(token) ? Promise.resolve(undefined) : shared.lookUp(token),
    },
    answers,
    health,
    metrics: new Metrics(),
    generatedAdminKey,
    close: async () => {
      clearInterval(cleaning);
      await shared.close();
      await answers.close();
    },
  };
}

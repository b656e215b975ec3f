import { join } from 'node:path';
import type { Clock } from '@fidelis/kernel';
import type { Authenticator, IdempotencyStore } from '@fidelis/http';
import { Health, Metrics } from '@fidelis/observability';
import { openSqliteReadModel } from '@fidelis/read-model';
import type { SharedClock } from '@fidelis/service';
import { AnswerStore } from './answers/answer-store';
import type { AnswerTables } from './answers/answer-tables';
import { TestClock } from './clock/test-clock';
import { createGatewayTables, Facts, type GatewayTables } from './gateway-tables';
import { ApiKeys } from './keys/api-keys';
import { ParticipantTokens } from './keys/participant-tokens';

export interface GatewayOptions {
  readonly dataDir: string;
  readonly adminKey: string | undefined;
  /** `true`: time can be set; the clock of all services is `gateway.clock`. */
  readonly testClock: boolean;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** What the gateway holds while it runs: keys, answers, clock, health, metrics. */
export interface Gateway {
  readonly clock: Clock;
  /** Absent unless it was asked for. */
  readonly testClock: SharedClock | undefined;
  readonly keys: ApiKeys;
  readonly tokens: ParticipantTokens;
  readonly authenticator: Authenticator;
  readonly answers: IdempotencyStore;
  readonly health: Health;
  readonly metrics: Metrics;
  /** The admin key that was made at this first start; shown once. */
  readonly generatedAdminKey: string | undefined;
  close(): Promise<void>;
}

const DROP_OLD_EVERY_MS = 3600_000;

/** The only gateway of an installation: SQLite files in its data folder. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { dataDir, onError } = options;
  // Rare writes that nobody may lose: unlike views they are written through to the disk.
  const file = join(dataDir, 'gateway.db');
  const db = openSqliteReadModel<GatewayTables>({ file, durable: true });
  await createGatewayTables(db);
  const facts = new Facts(db);
  const testClock = options.testClock ? new TestClock(facts, options.clock) : undefined;
  await testClock?.open();
  const clock = testClock ?? options.clock;
  const keys = new ApiKeys(db, clock);
  const generatedAdminKey = await keys.open(options.adminKey);
  const tokens = await ParticipantTokens.open(facts, clock);
  const answerDb = openSqliteReadModel<AnswerTables>({ file: join(dataDir, 'answers.db') });
  const answers = new AnswerStore(answerDb, { clock, onError });
  await answers.open();
  const cleaning = dropOldAnswers(answers, onError);
  return {
    clock,
    testClock,
    keys,
    tokens,
    authenticator: {
      authenticate: (token) => tokens.authenticate(token) ?? keys.authenticate(token),
    },
    answers,
    health: new Health(),
    metrics: new Metrics(),
    generatedAdminKey,
    close: async () => {
      clearInterval(cleaning);
      await answers.close();
      await db.destroy();
    },
  };
}

/** Once in a while, in the background. End it with `clearInterval`. */
export function dropOldAnswers(
  answers: { dropOld(): Promise<void> },
  onError: (error: unknown) => void,
): NodeJS.Timeout {
  return setInterval(() => {
    answers.dropOld().catch(onError);
  }, DROP_OLD_EVERY_MS).unref();
}

import type { Kysely } from 'kysely';
import { OperationalError } from '@fidelis/kernel';
import { START, type Position } from '@fidelis/event-store';
import type { Publisher, RelayCheckpoints } from '@fidelis/messaging';
import type { BusTables } from './bus-tables';

/** Another replica began to publish the same: this one must stop. */
export class RelaySuperseded extends OperationalError {
  constructor(relay: string) {
    super(`another replica publishes ${relay} now`);
    this.name = 'RelaySuperseded';
  }
}

/**
 * Where one relay is. Each start gets a new epoch and ends all earlier ones: a replica that was
 * paused and wakes up late finds that out before it sends or saves anything.
 */
export class RelayPosition implements RelayCheckpoints {
  private epoch = 0;

  constructor(
    private readonly db: Kysely<BusTables>,
    private readonly isHeld: () => boolean,
  ) {}

  async load(relay: string): Promise<Position> {
    const row = await this.db
      .updateTable('relays')
      .set(({ eb }) => ({ epoch: eb('epoch', '+', 1) }))
      .where('name', '=', relay)
      .returning(['epoch', 'position'])
      .executeTakeFirstOrThrow();
    this.epoch = Number(row.epoch);
    return Number(row.position);
  }

  /**
   * Throws `RelaySuperseded` when there is a younger one. Who has the lease all the same goes on
   * with a new epoch, from where it is: one that was paused in its start has made itself the
   * youngest when it woke up, and stopped. At most some messages are sent again.
   */
  async check(relay: string): Promise<void> {
    const row = await this.db
      .selectFrom('relays')
      .select('epoch')
      .where('name', '=', relay)
      .executeTakeFirst();
    if (Number(row?.epoch) === this.epoch) return;
    if (row === undefined || !this.isHeld()) throw new RelaySuperseded(relay);
    await this.load(relay);
  }

  async save(relay: string, position: Position): Promise<void> {
    if (await this.move(relay, position)) return;
    // Events without messages come here without a look before.
    await this.check(relay);
    if (!(await this.move(relay, position))) throw new RelaySuperseded(relay);
  }

  private async move(relay: string, position: Position): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable('relays')
      .set({ position })
      .where('name', '=', relay)
      .where('epoch', '=', this.epoch)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}

export interface RelayOfTopic {
  readonly topic: string;
  readonly categories: readonly string[];
  readonly position: Position;
}

/**
 * Makes the relays of a service known before they run. Rows of publishers that it no longer has go,
 * so that nobody waits for them.
 */
export async function registerRelays(
  db: Kysely<BusTables>,
  relays: readonly { readonly name: string; readonly publisher: Publisher }[],
): Promise<void> {
  if (relays.length === 0) return;
  const rows = relays.map(({ name, publisher: { service, topic, categories } }) => {
    return { name, service, topic, categories: categories.join('+'), position: START, epoch: 0 };
  });
  await db
    .insertInto('relays')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const services = [...new Set(rows.map(({ service }) => service))];
  const names = rows.map(({ name }) => name);
  await db
    .deleteFrom('relays')
    .where('service', 'in', services)
    .where('name', 'not in', names)
    .execute();
}

/** Of all services that publish to these topics. */
export async function relaysOf(
  db: Kysely<BusTables>,
  topics: readonly string[],
): Promise<readonly RelayOfTopic[]> {
  const rows = await db
    .selectFrom('relays')
    .select(['topic', 'categories', 'position'])
    .where('topic', 'in', topics)
    .execute();
  return rows.map(({ topic, categories, position }) => {
    return { topic, categories: categories.split('+'), position: Number(position) };
  });
}

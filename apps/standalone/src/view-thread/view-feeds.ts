import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { assertInvariant } from '@fidelis/kernel';
import type { ServiceName } from '@fidelis/contracts';
import { SqliteEventFollower } from '@fidelis/event-store-sqlite';
import { endProcess } from '@fidelis/messaging';
import { DueDates, dueFeedOf, type Schedule, type Settled } from '@fidelis/processes';
import { ProjectionRunner, type Projection } from '@fidelis/projections';
import { openSqliteReadModel } from '@fidelis/read-model';
import { allViews, viewCategories } from './all-views';
import { VIEW_BATCH_MAX } from './batch-size';
import { keyOf } from './feed-key';
import { HostedGroups } from './hosted-groups';
import type { FeedKey, MainThreadCalls, ViewThreadCalls, ViewThreadSettings } from './protocol';
import { noteOf, ThreadLine, type ThreadPort } from './thread-line';

/**
 * The view thread's side: feeds every view of every service from the store's file, and answers the
 * main thread. The only one who writes to the files of views.
 */
export class ViewFeeds {
  private readonly main: ThreadLine<MainThreadCalls, ViewThreadCalls>;
  private readonly follower: SqliteEventFollower;
  private readonly databases = new Map<ServiceName, Kysely<never>>();
  private readonly feeds = new Map<FeedKey, ProjectionRunner<never>>();
  private readonly dueDates = new Map<FeedKey, DueDates>();
  private readonly groups: HostedGroups;

  constructor(
    port: ThreadPort,
    private readonly settings: ViewThreadSettings,
  ) {
    const { dataDir, disturbSeed } = settings;
    const file = join(dataDir, 'events.db');
    this.follower = SqliteEventFollower.open({ file, categories: viewCategories });
    this.main = new ThreadLine(port, this.calls(), endProcess);
    const { follower, main } = this;
    const database = (service: ServiceName): Kysely<never> => this.database(service);
    this.groups = new HostedGroups({ follower, main, database, disturbSeed });
  }

  private calls(): ViewThreadCalls {
    return {
      moved: (heads) => this.follower.moved(heads),
      start: (feed) => this.feed(feed).start(),
      stop: (feed) => this.feed(feed).stop(),
      rebuild: (feed) => this.feed(feed).rebuild(),
      hurry: (feed) => this.feed(feed).hurry(),
      forget: ({ feed, settled }) => this.forget(feed, settled),
      startGroup: ({ name, offset }) => this.groups.start(name, offset),
      stopGroup: (name) => this.groups.stop(name),
      hurryGroup: (name) => this.groups.hurry(name),
      takeAgain: (letter) => this.groups.takeAgain(letter),
      close: () => this.close(),
    };
  }

  private feed(key: FeedKey): ProjectionRunner<never> | DueDates {
    if (this.feeds.size === 0) this.openFeeds();
    const feed = this.feeds.get(key) ?? this.dueDates.get(key);
    assertInvariant(feed !== undefined, `no view ${key} runs in the view thread`);
    return feed;
  }

  private async forget(feed: FeedKey, settled: Settled): Promise<void> {
    const due = this.dueDates.get(feed);
    assertInvariant(due !== undefined, `no due dates ${feed} are kept in the view thread`);
    await due.forget(settled);
  }

  /** When the first is asked for: the main thread has then made the files that it reads. */
  private openFeeds(): void {
    for (const { flow, projections, schedules } of allViews) {
      for (const view of projections) this.openView(flow.service, view);
      for (const schedule of schedules) this.openDueDates(flow.service, schedule);
    }
  }

  private openView(service: ServiceName, projection: Projection<never>): void {
    const key = keyOf(service, projection.name);
    const db = this.database(service);
    const common = { ...this.common(service, key), batchSizeMax: VIEW_BATCH_MAX };
    this.feeds.set(key, new ProjectionRunner({ ...common, db, projection }));
  }

  private openDueDates(service: ServiceName, schedule: Schedule): void {
    const key = keyOf(service, dueFeedOf(schedule));
    const db = this.database(service);
    this.dueDates.set(key, new DueDates({ ...this.common(service, key), db, schedule }));
  }

  private common(service: ServiceName, feed: FeedKey) {
    const where = feed.replace('/', '.');
    return {
      service,
      eventStore: this.follower,
      onMoved: (position: number) => this.main.tell('fed', { feed, position }),
      onError: (error: unknown) => this.main.tell('failed', { where, error: noteOf(error) }),
    };
  }

  private database(service: ServiceName): Kysely<never> {
    let db = this.databases.get(service);
    if (db === undefined) {
      const file = join(this.settings.dataDir, `${service}.views.db`);
      db = openSqliteReadModel<never>({ file });
      this.databases.set(service, db);
    }
    return db;
  }

  private async close(): Promise<void> {
    await this.groups.close();
    const feeds = [...this.feeds.values(), ...this.dueDates.values()];
    await Promise.all(feeds.map((feed) => feed.stop()));
    await this.follower.close();
    for (const db of this.databases.values()) await db.destroy();
  }
}

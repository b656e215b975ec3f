import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { assertInvariant } from '@fidelis/kernel';
import type { ServiceName } from '@fidelis/contracts';
import type { EventFeed } from '@fidelis/event-store';
import type { SqliteEventStore } from '@fidelis/event-store-sqlite';
import { Delivery, type Consumer } from '@fidelis/messaging';
import type { BusGroup, GroupHost, HostedGroupOptions } from '@fidelis/messaging-sqlite';
import { dueFeedOf, type DueRunner, type Schedule } from '@fidelis/processes';
import type { FeedRunner, Projection } from '@fidelis/projections';
import type { ViewHost } from '@fidelis/service';
import { allViews } from './all-views';
import { keyOf } from './feed-key';
import type { MainThreadCalls, ViewThreadCalls, ViewThreadSettings } from './protocol';
import { RemoteFeed } from './remote-feed';
import { RemoteGroup } from './remote-group';
import { errorOf, ThreadLine, type ThreadPort } from './thread-line';
import { ViewLine } from './view-line';

export interface ViewThreadOptions {
  readonly store: EventFeed & Pick<SqliteEventStore, 'onCommitted'>;
  readonly onError: (where: string, error: unknown) => void;
  /** It died, or met a broken invariant: the process must end. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * After a pause the other thread hears of an event at once, else this often: views then write what
 * gathered, not a transaction for each event. Who waits for a view does not wait for this.
 */
const TELL_EVERY_MS = 100;

const nobody: DeliveryOriginOf = { handled: () => undefined, failed: () => undefined };
type DeliveryOriginOf = Parameters<typeof Delivery.ofWire>[2]['origin'];

/**
 * Views, due dates and the groups that only write tables, in another thread of this process: they
 * follow the feed by themselves; nobody's answer waits while they write.
 */
export class ViewThread implements ViewHost, GroupHost {
  readonly groups: ReadonlySet<string>;
  private readonly feeds = new Map<string, RemoteFeed>();
  private readonly hosted = new Map<string, RemoteGroup>();
  private readonly line: ViewLine;
  private readonly endTelling: () => void;

  constructor(
    port: ThreadPort,
    private readonly options: ViewThreadOptions,
  ) {
    const { store, onFatal } = options;
    this.groups = new Set(
      allViews.flatMap(({ messageViews }) => messageViews.map(({ group }) => group)),
    );
    const line = new ThreadLine<ViewThreadCalls, MainThreadCalls>(port, this.calls(), onFatal);
    this.line = new ViewLine(line, store);
    this.endTelling = this.tellOfCommits();
  }

  view(service: ServiceName, view: Projection<never>): FeedRunner {
    return this.remote(keyOf(service, view.name), view);
  }

  dueDates(service: ServiceName, schedule: Schedule): DueRunner {
    const name = dueFeedOf(schedule);
    const { categories } = schedule;
    return this.remote(keyOf(service, name), { name, categories, tables: [] });
  }

  group(name: string, consumers: readonly Consumer[], options: HostedGroupOptions): BusGroup {
    const { line } = this;
    const group = new RemoteGroup(name, consumers, { ...options, line, store: this.options.store });
    this.hosted.set(name, group);
    return group;
  }

  /** After those who use it have stopped. */
  async close(): Promise<void> {
    this.endTelling();
    await this.line.ask('close', undefined);
  }

  /** It has read for itself what is there already. Answers how to end it. */
  private tellOfCommits(): () => void {
    let pause: NodeJS.Timeout | undefined;
    let hasMore = false;
    const tell = (): void => {
      hasMore = false;
      void this.line.tellHeads();
      pause = setTimeout(() => {
        pause = undefined;
        if (hasMore) tell();
      }, TELL_EVERY_MS);
    };
    const end = this.options.store.onCommitted(() => {
      if (pause === undefined) tell();
      else hasMore = true;
    });
    return () => {
      end();
      clearTimeout(pause);
    };
  }

  private remote(key: string, view: ConstructorParameters<typeof RemoteFeed>[1]): RemoteFeed {
    const feed = new RemoteFeed(key, view, { line: this.line, store: this.options.store });
    this.feeds.set(key, feed);
    return feed;
  }

  private calls(): MainThreadCalls {
    return {
      fed: ({ feed, position }) => this.feeds.get(feed)?.moved(position),
      groupMoved: (moved) => this.hosted.get(moved.status.group)?.moved(moved),
      failed: ({ where, error }) => this.options.onError(where, errorOf(error)),
      groupProblem: ({ error, ...problem }) =>
        this.hosted.get(problem.group)?.problem({ ...problem, error: errorOf(error) }),
      keepDeadLetter: async ({ group, bytes, found, failure }) => {
        const hosted = this.hosted.get(group);
        assertInvariant(hosted !== undefined, `${group} is not of the view thread`);
        await hosted.keepDeadLetter(Delivery.ofWire(bytes, found, { origin: nobody }), failure);
      },
    };
  }
}

/** A thread with its `ViewThread`; it loads while the caller goes on. */
export interface RunningViewThread {
  readonly views: ViewThread;
  close(): Promise<void>;
}

export function startViewThread(
  settings: ViewThreadSettings,
  options: ViewThreadOptions,
): RunningViewThread {
  // Flags of this process (a debugger, a preloaded module) are not meant for another thread.
  const worker = new Worker(join(__dirname, 'view.thread.js'), {
    workerData: settings,
    execArgv: [],
  });
  let closing = false;
  worker.on('error', (error) => options.onFatal(error));
  worker.on('exit', (code) => {
    if (!closing) options.onFatal(new Error(`the view thread ended with ${code}`));
  });
  const views = new ViewThread(worker, options);
  return {
    views,
    close: async () => {
      await views.close();
      closing = true;
      await worker.terminate();
    },
  };
}

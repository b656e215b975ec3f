import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { Position } from '@fidelis/event-store';
import { OperationalError } from '@fidelis/kernel';
import { type Connection, type ReadStream, consume } from './connection';
import type { Coverage } from './coverage';
import { toOperationalError } from './failures';
import type { EventStoreDbLimits } from './limits';
import type { Reader } from './reader';
import { allSubscription } from './wire';

export interface FeedConnectionParts {
  readonly reader: Reader;
  readonly limits: EventStoreDbLimits;
  readonly coverage: Coverage;
  /** Where to go on. */
  readonly place: () => Position;
  /** What was not followed yet is, from this position on, which is the end of the log just now. */
  readonly onBegin: (end: Position) => void;
  readonly onMessage: (message: ReadResp) => void;
}

const BACK_OFF_MS_MIN = 20;
const BACK_OFF_MS_MAX = 2000;

/**
 * Keeps the feed's subscription open. The client's does not resume after a broken connection, and
 * a server may forget one without a word: so it is opened again at the feed's own place, after
 * every end and whenever a look at the log shows that something is missing.
 */
export class FeedConnection {
  private readonly listeners = new Set<(error: unknown) => void>();
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private stream: ReadStream | undefined;
  /** More is wanted than the open subscription brings. */
  private outdated = false;
  private heard = 0;

  constructor(
    private readonly connection: Connection,
    private readonly parts: FeedConnectionParts,
  ) {}

  /** Begins, or begins anew with what is wanted now; several calls of one turn are one. */
  begin(): void {
    this.outdated = true;
    if (this.loop === undefined) {
      this.loop = this.run();
      return;
    }
    setImmediate(() => {
      if (this.outdated) this.stream?.cancel();
    });
  }

  onError(listener: (error: unknown) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.stream?.cancel();
    await this.loop;
  }

  private async run(): Promise<void> {
    let backOffMs = BACK_OFF_MS_MIN;
    while (!this.stopping.signal.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      const heardBefore = this.heard;
      try {
        await this.follow();
        continue;
      } catch (error) {
        this.tell(error);
      }
      if (this.heard > heardBefore) backOffMs = BACK_OFF_MS_MIN;
      await pause(backOffMs, this.stopping.signal);
      backOffMs = Math.min(backOffMs * 2, BACK_OFF_MS_MAX);
    }
  }

  private tell(error: unknown): void {
    for (const listener of this.listeners) listener(error);
  }

  /** The subscription ended because we wanted it to. */
  private isIntended(): boolean {
    return this.outdated || this.stopping.signal.aborted;
  }

  /** Resolves when it ended because we wanted it to, so that it can begin anew at once. */
  private async follow(): Promise<void> {
    const { coverage, limits, onBegin, onMessage, place, reader } = this.parts;
    // The server skips one event when it goes on, and the place need not be that of an event: so
    // what is new is complete only behind the end of the log, and read in pages before.
    const end = this.outdated ? await reader.lastOf('unfiltered') : undefined;
    this.outdated = false;
    if (end !== undefined) onBegin(end);
    const request = allSubscription(place(), coverage.filter);
    const stream = await this.connection.openRead(request, 'subscribe', limits.deadlineMs);
    this.stream = stream;
    const watch = setInterval(() => {
      void this.watch(stream);
    }, limits.feedWatchMs);
    watch.unref();
    try {
      if (this.isIntended()) stream.cancel();
      await consume(stream, (message) => {
        // What is in the pipe when more is wanted comes again, with the rest.
        if (this.outdated) return;
        this.heard += 1;
        onMessage(message);
      });
      if (this.isIntended()) return;
      throw new OperationalError('the event store ended the subscription');
    } catch (error) {
      if (!this.isIntended()) throw toOperationalError('subscribe', error);
    } finally {
      clearInterval(watch);
      this.stream = undefined;
      stream.cancel();
    }
  }

  /** A subscription that is silent while the log has more is dead. */
  private async watch(stream: ReadStream): Promise<void> {
    const heardBefore = this.heard;
    const { coverage, limits, place, reader } = this.parts;
    const from = place();
    try {
      const page = await reader.page(from, { categories: coverage.filter, limit: 1 });
      if (page.events.length === 0) return;
      await pause(Math.min(1000, limits.feedWatchMs), this.stopping.signal);
      if (this.heard === heardBefore && place() === from) stream.cancel();
    } catch {
      // The connection is bad; the subscription learns of it by itself, or the next look does.
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

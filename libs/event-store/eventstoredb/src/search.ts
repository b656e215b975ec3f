import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { type Position, type RecordedEvent, START } from '@fidelis/event-store';
import { type Connection, consume } from './connection';
import { AnswerLate, toOperationalError } from './failures';
import type { EventStoreDbLimits } from './limits';
import type { AllPage, AllPageOptions, Reader } from './reader';
import { allSearch, toPlacedEvent, toPosition } from './wire';

export interface SearchOptions extends AllPageOptions {
  /** The log reached at least here before it is read: how far a read up to its end has looked. */
  readonly end?: Position | undefined;
  /** A read from there was late just now: no use in another one. */
  readonly isLate?: boolean;
}

/**
 * Reads of a few categories, however much else lies between their events. A read tells nothing
 * until it finds something; when its time is up, a subscription looks on from the same place,
 * because it tells now and then how far it is. So each call ends in time and gets on.
 */
export class Search {
  constructor(
    private readonly connection: Connection,
    private readonly reader: Reader,
    private readonly limits: EventStoreDbLimits,
  ) {}

  /** @throws OperationalError when it could not look at anything in time */
  async page(after: Position, options: SearchOptions): Promise<AllPage> {
    if (options.isLate === true) return this.lookOn(after, options);
    try {
      return await this.read(after, options);
    } catch (error) {
      if (!(error instanceof AnswerLate)) throw error;
      return this.lookOn(after, options);
    }
  }

  private async read(after: Position, options: SearchOptions): Promise<AllPage> {
    const page = await this.reader.page(after, options);
    const end = page.atEnd ? (options.end ?? START) : START;
    return { ...page, lookedTo: Math.max(page.lookedTo, end) };
  }

  private async lookOn(after: Position, options: SearchOptions): Promise<AllPage> {
    const found = await this.follow(after, options);
    const { events, lookedTo } = found;
    if (lookedTo > after) return { events, lookedTo, atEnd: false };
    // The end is so near that there was nothing to tell; that it is the end only a read tells.
    if (found.isCaughtUp) return this.read(after, options);
    throw new AnswerLate('search');
  }

  private async follow(after: Position, options: SearchOptions): Promise<Found> {
    const { deadlineMs, searchMs } = this.limits;
    const { categories, limit } = options;
    const request = allSearch(after, categories);
    const stream = await this.connection.openRead(request, 'search', deadlineMs);
    const found = new Found(after, limit);
    const timer = setTimeout(() => {
      found.isEnough = true;
      stream.cancel();
    }, searchMs);
    try {
      await consume(stream, (message) => {
        found.take(message);
        if (found.isEnough) stream.cancel();
      });
    } catch (error) {
      if (!found.isEnough && found.lookedTo === after) throw toOperationalError('search', error);
    } finally {
      clearTimeout(timer);
      stream.cancel();
    }
    return found;
  }
}

class Found {
  readonly events: RecordedEvent[] = [];
  isEnough = false;
  isCaughtUp = false;

  constructor(
    public lookedTo: Position,
    private readonly limit: number,
  ) {}

  take(message: ReadResp): void {
    // Not every version tells; then the time of the search ends it.
    if (message.hasCaughtUp()) this.isCaughtUp = true;
    if (this.isEnough || this.isCaughtUp) this.isEnough = true;
    else this.takePlace(message);
  }

  private takePlace(message: ReadResp): void {
    const placed = toPlacedEvent(message);
    const checkpoint = toPosition(message.getCheckpoint()?.getCommitPosition());
    const position = placed?.position ?? checkpoint ?? START;
    if (position <= this.lookedTo) return;
    this.lookedTo = position;
    if (placed?.event !== undefined) this.events.push(placed.event);
    this.isEnough = this.events.length >= this.limit;
  }
}

import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@fidelis/contracts';
import { START, type EventStore, type Position } from '@fidelis/event-store';
import { unavailable } from '@fidelis/http';
import { beginEventStream, HEARTBEAT_MS } from '@fidelis/service';
import type { Upstream } from '../forward/upstream';
import { notOfThisStream } from './local-events';
import { allAt, fromEventId, toEventId, type Positions } from './positions';
import { PublicEvents, type Beginning, type Following } from './public-events';
import { toToldEvents, type ToldEvent } from './told-events';

export interface MergedEventsOptions {
  readonly services: readonly ServiceName[];
  readonly upstream: Upstream;
  readonly secret: string;
  /** Where "from now on" begins. */
  readonly eventStore: Pick<EventStore, 'headOf'>;
  readonly clientsMax: number;
  readonly onError: (error: unknown) => void;
  /** After a service's stream broke: 250. */
  readonly retryMs?: number;
  /** After which a service's stream that says nothing has broken: three heartbeats. */
  readonly silentMs?: number | undefined;
}

const RETRY_MS = 250;
const SILENT_MS = 3 * HEARTBEAT_MS;

/**
 * The streams of all services as one. Each client has one stream of each service, from where it
 * left off; an event's id says how far it has them all, so that any gateway can go on from there.
 */
export class MergedEvents extends PublicEvents {
  private readonly clients = new Set<AbortController>();

  constructor(private readonly options: MergedEventsOptions) {
    super();
  }

  get clientCount(): number {
    return this.clients.size;
  }

  async begin({ lastEventId, from }: Beginning): Promise<Following> {
    const { services, eventStore, clientsMax } = this.options;
    if (this.clients.size >= clientsMax) throw unavailable('too many event streams');
    const positions =
      lastEventId === undefined
        ? allAt(from === 'start' ? START : await eventStore.headOf(), services)
        : fromEventId(lastEventId, services);
    if (positions === undefined) throw notOfThisStream();
    return (response, requestId) => this.follow(response, positions, requestId);
  }

  /** At shutdown: clients come back to another gateway with their `Last-Event-ID`. */
  closeAll(): void {
    for (const client of this.clients) client.abort();
  }

  private async follow(
    response: ServerResponse,
    positions: Positions,
    requestId: string,
  ): Promise<void> {
    const gone = new AbortController();
    this.clients.add(gone);
    response.once('close', () => gone.abort());
    beginEventStream(response, requestId);
    const heartbeat = setInterval(() => response.write(': alive\n\n'), HEARTBEAT_MS);
    const client = new Client(response, positions, gone.signal);
    try {
      await Promise.all(this.options.services.map((service) => this.keepReading(service, client)));
    } finally {
      clearInterval(heartbeat);
      this.clients.delete(gone);
      response.end();
    }
  }

  private async keepReading(service: ServiceName, client: Client): Promise<void> {
    const { onError, retryMs = RETRY_MS } = this.options;
    const { gone } = client;
    while (!gone.aborted) {
      try {
        await this.read(service, client);
      } catch (error) {
        if (!client.isGone()) onError(error);
      }
      await sleep(retryMs, undefined, { signal: gone, ref: false }).catch(() => undefined);
    }
  }

  private async read(service: ServiceName, client: Client): Promise<void> {
    const attempt = {
      method: 'GET' as const,
      path: `/internal/events/stream?after=${client.positionOf(service)}`,
      headers: { authorization: `Bearer ${this.options.secret}` },
      body: () => null,
      canSendAgain: () => true,
      answerMs: this.options.silentMs ?? SILENT_MS,
      timesSentMax: Number.POSITIVE_INFINITY,
      affinity: undefined,
      signal: client.gone,
    };
    const body = await this.options.upstream.send(service, attempt, async (answer) => {
      if (answer.statusCode === 200) return answer.body;
      await answer.body.dump();
      throw new Error(`${service} answers ${answer.statusCode} to a request for its events`);
    });
    for await (const told of toToldEvents(body)) await client.tell(service, told);
  }
}

/** Who listens, and how far it has come. */
class Client {
  private readonly positions: Map<ServiceName, Position>;

  constructor(
    private readonly response: ServerResponse,
    positions: Positions,
    readonly gone: AbortSignal,
  ) {
    this.positions = new Map(positions);
  }

  isGone(): boolean {
    return this.gone.aborted;
  }

  positionOf(service: ServiceName): Position {
    return this.positions.get(service) ?? START;
  }

  /** Resolves when there is room for more. */
  async tell(service: ServiceName, { before, last, position }: ToldEvent): Promise<void> {
    this.positions.set(service, position);
    const { response, gone } = this;
    const text = `${before}id: ${toEventId(this.positions)}\n${last}`;
    if (response.writableEnded || response.write(text)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        response.off('drain', go);
        gone.removeEventListener('abort', go);
        resolve();
      };
      response.once('drain', go);
      gone.addEventListener('abort', go);
      if (gone.aborted) go();
    });
  }
}

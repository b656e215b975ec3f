import type { ServerResponse } from 'node:http';
import { OperationalError } from '@fidelis/kernel';
import type { EventStore, Position, RecordedEvent } from '@fidelis/event-store';
import { encodeMessage, publicMessages, type Publisher } from '@fidelis/messaging';

const BATCH_EVENTS_MAX = 100;
/** Keeps connections open, and finds those that are not. */
export const HEARTBEAT_MS = 15_000;

export interface EventStreamOptions {
  readonly eventStore: EventStore;
  readonly publishers: readonly Publisher[];
  readonly clientsMax: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Public messages as server-sent events. Each client reads the store's feed on its own, at its own
 * pace, from where it left off: nothing is buffered for it and nothing is missed.
 */
export class EventStream {
  private readonly clients = new Set<() => void>();
  private readonly publishers = new Map<string, Publisher[]>();

  constructor(private readonly options: EventStreamOptions) {
    for (const publisher of options.publishers) {
      for (const category of publisher.categories) {
        const others = this.publishers.get(category) ?? [];
        this.publishers.set(category, [...others, publisher]);
      }
    }
  }

  get clientCount(): number {
    return this.clients.size;
  }

  get categories(): readonly string[] {
    return [...this.publishers.keys()];
  }

  /** Throws `OperationalError` when too many clients are connected. */
  requireRoom(): void {
    const { clientsMax } = this.options;
    if (this.clients.size >= clientsMax) throw new OperationalError('too many event streams');
  }

  /** Resolves when the client has gone. `after` absent: from now on. */
  async open(
    response: ServerResponse,
    after: Position | undefined,
    requestId: string,
  ): Promise<void> {
    const { eventStore, onError } = this.options;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.clients.add(end);
    // By the socket: a response that waits behind another is never told that its client has gone.
    const { socket } = response.req;
    socket.once('close', end);
    if (socket.destroyed) end();
    try {
      const from = after ?? (await eventStore.headOf(this.categories));
      beginEventStream(response, requestId);
      const heartbeat = setInterval(() => response.write(': alive\n\n'), HEARTBEAT_MS);
      const subscription = eventStore.subscribe({
        name: 'event-stream',
        after: from,
        categories: this.categories,
        batchSizeMax: BATCH_EVENTS_MAX,
        onBatch: (events) => this.send(response, events, ended),
        onError,
      });
      await ended;
      clearInterval(heartbeat);
      await subscription.stop();
    } finally {
      this.clients.delete(end);
      socket.off('close', end);
      response.end();
    }
  }

  /** At shutdown: clients come back to the next process with their `Last-Event-ID`. */
  closeAll(): void {
    for (const end of this.clients) end();
  }

  private async send(
    response: ServerResponse,
    events: readonly RecordedEvent[],
    ended: Promise<void>,
  ): Promise<void> {
    const text = events.map((event) => this.textOf(event)).join('');
    if (text === '' || response.writableEnded || response.write(text)) return;
    const drained = new Promise<void>((resolve) => response.once('drain', () => resolve()));
    await Promise.race([drained, ended]);
  }

  // The id comes with the last message of an event, so a client that is cut off before it gets
  // that event's messages again rather than missing the rest of them.
  private textOf(event: RecordedEvent): string {
    const publishers = this.publishers.get(event.category) ?? [];
    const messages = publishers.flatMap((publisher) => publicMessages(publisher, event));
    return messages
      .map((message, index) => {
        const id = index === messages.length - 1 ? `id: ${event.position}\n` : '';
        return `${id}event: ${message.type}\ndata: ${encodeMessage(message)}\n\n`;
      })
      .join('');
  }
}

/** Status and headers of server-sent events. */
export function beginEventStream(response: ServerResponse, requestId: string): void {
  response.writeHead(200, {
    'x-request-id': requestId,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    connection: 'close',
    'x-accel-buffering': 'no',
  });
  response.write('retry: 1000\n\n');
}

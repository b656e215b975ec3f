import { validationFailed } from '@fidelis/http';
import { START, type Position } from '@fidelis/event-store';
import type { EventStream } from '@fidelis/service';
import { PublicEvents, type Beginning, type Following } from './public-events';

/** All services live in this process: one reader of the store's feed per client. */
export class LocalEvents extends PublicEvents {
  constructor(private readonly stream: EventStream) {
    super();
  }

  get clientCount(): number {
    return this.stream.clientCount;
  }

  begin({ lastEventId, from }: Beginning): Promise<Following> {
    const after = lastEventId === undefined ? beginningOf(from) : positionOf(lastEventId);
    this.stream.requireRoom();
    return Promise.resolve((response, requestId) => this.stream.open(response, after, requestId));
  }

  closeAll(): void {
    this.stream.closeAll();
  }
}

const beginningOf = (from: Beginning['from']): Position | undefined =>
  from === 'start' ? START : undefined;

function positionOf(id: string): Position {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw notOfThisStream();
}

export const notOfThisStream = () =>
  validationFailed([
    {
      pointer: '/headers/last-event-id',
      code: 'cursor',
      detail: 'Last-Event-ID must be an id of this stream',
    },
  ]);

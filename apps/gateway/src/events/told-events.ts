import type { Position } from '@fidelis/event-store';

/** All messages of one stored event. Its id belongs to the last one: before it, it is half told. */
export interface ToldEvent {
  readonly before: string;
  /** Without its id. */
  readonly last: string;
  readonly position: Position;
}

/** Far more than the messages of one event of 512 KiB can be. */
const EVENT_LENGTH_MAX = 16 * 1024 * 1024;
const ID = /^id: (-?\d{1,16})\n/m;

/**
 * Cuts a service's event stream where an id says that an event is complete. What a broken
 * connection leaves half told is dropped, and told again from the event's beginning.
 */
export async function* toToldEvents(body: AsyncIterable<Buffer>): AsyncGenerator<ToldEvent> {
  const decoder = new TextDecoder();
  let open = '';
  let told = '';
  for await (const chunk of body) {
    open += decoder.decode(chunk, { stream: true });
    if (open.length + told.length > EVENT_LENGTH_MAX) throw new Error('an event has no end');
    const end = open.lastIndexOf('\n\n');
    if (end < 0) continue;
    const blocks = open.slice(0, end).split('\n\n');
    open = open.slice(end + 2);
    for (const block of blocks) {
      if (!block.includes('data: ')) continue;
      const id = ID.exec(block);
      if (id === null) {
        told += `${block}\n\n`;
        continue;
      }
      yield {
        before: told,
        last: `${block.replace(ID, '')}\n\n`,
        position: Number(id[1]),
      };
      told = '';
    }
  }
}

import { defineMessage } from '@fidelis/contracts';
import { eventIdOf, type Instant } from '@fidelis/kernel';
import type { EventStore } from '@fidelis/event-store';
import { definePublisher, outgoing } from '@fidelis/messaging';

/** A service of the suite's own: notes that are written, struck, or filed away in private. */
export const NOTES = 'loyalty.notes.note.events.v1';
export const NoteWrittenV1 = defineMessage<Note>('notes.note-written.v1', NOTES);
export const NoteStruckV1 = defineMessage<Note>('notes.note-struck.v1', NOTES);

export interface Note {
  readonly text: string;
}

export type NoteEvent = 'NoteWritten' | 'NoteStruck' | 'NoteFiled' | 'NoteRewritten';

export const RECORDED_AT: Instant = '2026-11-22T10:00:00.000Z';

export const notesPublisher = definePublisher({
  service: 'notes',
  categories: ['note'],
  topic: NOTES,
  toMessages: ({ type, stream, data }) => {
    const message = { key: stream, data: { text: data.text as string } };
    const written = outgoing(NoteWrittenV1, message);
    const struck = outgoing(NoteStruckV1, message);
    if (type === 'NoteWritten') return [written];
    if (type === 'NoteStruck') return [struck];
    return type === 'NoteRewritten' ? [struck, written] : [];
  },
});

/** Appends to `note-<key>` as its service would; answers when that is durable. */
export class NoteBook {
  private readonly revisions = new Map<string, number>();

  constructor(private readonly store: EventStore) {}

  /** One event a text, e.g. `write('a', ['a1', 'a2'])`. */
  async write(key: string, texts: readonly string[], type: NoteEvent = 'NoteWritten') {
    const stream = `note-${key}`;
    const head = this.revisions.get(stream) ?? -1;
    this.revisions.set(stream, head + texts.length);
    const { accepted, durable } = this.store.append({
      stream,
      expectedRevision: head === -1 ? 'no-stream' : head,
      events: texts.map((text, index) => ({
        id: noteEventId(key, head + 1 + index),
        type,
        data: { text },
        metadata: { recordedAt: RECORDED_AT, operationId: `write-${key}-${head + 1 + index}` },
      })),
    });
    await Promise.all([accepted, durable]);
  }
}

export function noteEventId(key: string, revision: number): string {
  const operationId = `write-${key}-${revision}`;
  return eventIdOf({ stream: `note-${key}`, operationId, now: RECORDED_AT, index: 0 });
}

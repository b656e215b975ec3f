import type { DeadLetter } from '@fidelis/messaging';
import type { OutgoingRecord } from './message-producer';

/**
 * A letter on its topic: the original bytes as they came, and beside them where they came from and
 * why they could not be taken. Whoever may read the source's topic has seen them; the letters that
 * we keep are sealed.
 */
export function toDeadLetterRecord(letter: DeadLetter, original: Uint8Array): OutgoingRecord {
  const [partition = '', offset = ''] = letter.position.split(':');
  return {
    key: letter.key,
    value: Buffer.from(original),
    headers: {
      'content-type': 'application/octet-stream',
      'dead-letter-id': letter.id,
      reason: letter.reason,
      attempts: String(letter.attempts),
      group: letter.group,
      'failed-at': letter.failedAt,
      'source-topic': letter.topic,
      'source-partition': partition,
      'source-offset': offset,
      ...(letter.messageId !== undefined && { ce_id: letter.messageId }),
      ...(letter.type !== undefined && { ce_type: letter.type }),
    },
  };
}

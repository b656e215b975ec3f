import type { DeadLetter } from '@fidelis/messaging';
import type { OutgoingRecord } from './message-producer';

/**
 * A letter on its topic: the sealed original bytes, and beside them where they came from and why
 * they could not be taken.
 */
export function toDeadLetterRecord(letter: DeadLetter): OutgoingRecord {
  const [partition = '', offset = ''] = letter.position.split(':');
  return {
    key: letter.key,
    value: Buffer.from(letter.bytes ?? []),
    headers: {
      'content-type': 'application/octet-stream',
      'content-encryption': 'aes-256-gcm',
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

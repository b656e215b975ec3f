import type { DeadLetter } from './dead-letter';

/** A dead letter as JSON: what `GET /dead-letters` shows. */
export interface DeadLetterView extends Omit<DeadLetter, 'bytes'> {
  /** The original bytes, base64; absent once erased. */
  readonly payload?: string;
}

export function toDeadLetterView({ bytes, ...letter }: DeadLetter): DeadLetterView {
  if (bytes === undefined) return letter;
  return { ...letter, payload: Buffer.from(bytes).toString('base64') };
}

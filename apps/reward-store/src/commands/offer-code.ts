import { randomBytes } from 'node:crypto';

/** Without 0/O, 1/I/L and U: nothing to mistake at a till. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12;
const GROUP = 4;

/** A code for people, `7K3Q-9MXT-4RWD`: 58 random bits, so that nobody guesses another one's. */
export function newOfferCode(): string {
  let text = '';
  while (text.length < LENGTH) {
    for (const byte of randomBytes(LENGTH)) {
      // Five bits; the two values that are no letter are thrown away, so that none is favoured.
      const letter = LETTERS[byte & 31];
      if (letter !== undefined && text.length < LENGTH) text += letter;
    }
  }
  return [0, 1, 2].map((group) => text.slice(group * GROUP, (group + 1) * GROUP)).join('-');
}

import { ContractError } from '@fidelis/kernel';
import { aesCipher } from './dead-letter-cipher';
import { toDeadLetterView } from './dead-letter-view';

const cipher = aesCipher(new Uint8Array(32).fill(1));
const bytes = Buffer.from('a ticket with a telephone number', 'utf8');

describe('the cipher of dead letters', () => {
  it('hides the bytes and gives them back', () => {
    const sealed = Buffer.from(cipher.seal(bytes));
    expect(sealed.includes('telephone')).toBe(false);
    expect(Buffer.from(cipher.open(sealed)).equals(bytes)).toBe(true);
    expect(Buffer.from(cipher.seal(bytes)).equals(sealed)).toBe(false);
  });

  it('opens nothing with another key, and nothing that was changed', () => {
    const sealed = cipher.seal(bytes);
    const other = aesCipher(new Uint8Array(32).fill(2));
    expect(() => other.open(sealed)).toThrow(ContractError);
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    expect(() => cipher.open(sealed)).toThrow(ContractError);
  });
});

describe('a dead letter as JSON', () => {
  const letter = {
    ...{ id: 'd1', group: 'g', topic: 't', key: 'k', position: '1', reason: 'r', attempts: 1 },
    failedAt: '2026-11-22T10:00:00.000Z',
  };

  it('shows its bytes as base64, and nothing once they were erased', () => {
    const view = toDeadLetterView({ ...letter, bytes: Buffer.from('hi', 'utf8') });
    expect(view).toEqual({ ...letter, payload: 'aGk=' });
    expect(toDeadLetterView(letter)).toEqual(letter);
  });
});

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ContractError } from '@fidelis/kernel';

/** Dead letters may hold what a point of sale sent by mistake: their bytes are kept encrypted. */
export interface PayloadCipher {
  seal(bytes: Uint8Array): Uint8Array;
  /** Throws `ContractError` when the bytes were sealed with another key or were changed. */
  open(sealed: Uint8Array): Uint8Array;
}

/** For tests. */
export const noCipher: PayloadCipher = { seal: (bytes) => bytes, open: (sealed) => sealed };

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM, a random nonce each: nonce, tag, ciphertext. `key` has 32 bytes. */
export function aesCipher(key: Uint8Array): PayloadCipher {
  return {
    seal: (bytes) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    open: (sealed) => {
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce);
      decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const opened = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([opened, decipher.final()]);
      } catch (cause) {
        throw new ContractError('the dead letter cannot be decrypted with this key', { cause });
      }
    },
  };
}

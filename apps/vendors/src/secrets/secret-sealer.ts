import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals vendors' secrets (AES-256-GCM) before they are stored: events hold only what this key can
 * open. Losing the key means that vendors have to be given new secrets.
 */
export class SecretSealer {
  private readonly key: Buffer;

  constructor(passphrase: string | Buffer) {
    this.key = createHash('sha256').update(passphrase).digest();
  }

  seal(secret: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    const bytes = Buffer.concat([iv, cipher.getAuthTag(), sealed]);
    return `${VERSION}.${bytes.toString('base64url')}`;
  }

  /** Throws when it was sealed with another key or changed since. */
  open(text: string): string {
    const [version, encoded = ''] = text.split('.');
    const bytes = Buffer.from(encoded, 'base64url');
    if (version !== VERSION || bytes.length < IV_BYTES + TAG_BYTES) {
      throw new Error('a sealed secret of an unknown format');
    }
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      const opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch (error) {
      throw new Error('a vendor secret cannot be opened: the key is another one', { cause: error });
    }
  }
}

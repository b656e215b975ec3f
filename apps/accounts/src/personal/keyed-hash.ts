import { createHmac } from 'node:crypto';

/**
 * What events, streams and keys say instead of personal data: without the key nobody can try names
 * or card numbers against it.
 */
export class KeyedHash {
  constructor(private readonly key: string) {}

  ofExternalId(externalId: string): string {
    return this.hash(`externalId\u0000${externalId}`);
  }

  ofContent(canonicalContent: string): string {
    return this.hash(`content\u0000${canonicalContent}`);
  }

  private hash(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url').slice(0, 27);
  }
}

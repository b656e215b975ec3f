import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** External ids whose hash is remembered: tickets name the same ones, and a hash costs 10 µs. */
const REMEMBERED_MAX = 50_000;

/**
 * What events, streams and keys say instead of personal data: without the key nobody can try names
 * or card numbers against it.
 */
export class KeyedHash {
  private readonly remembered = new LRUCache<string, string>({ max: REMEMBERED_MAX });

  constructor(private readonly key: string) {}

  ofExternalId(externalId: string): string {
    const known = this.remembered.get(externalId);
    if (known !== undefined) return known;
    const hash = this.hash(`externalId\u0000${externalId}`);
    this.remembered.set(externalId, hash);
    return hash;
  }

  ofContent(canonicalContent: string): string {
    return this.hash(`content\u0000${canonicalContent}`);
  }

  private hash(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url').slice(0, 27);
  }
}

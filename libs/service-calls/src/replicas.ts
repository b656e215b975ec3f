/** How long a replica that could not be reached is asked only when no other one is left. */
const AVOIDED_MS = 1000;

/**
 * The replicas of one service, in the order in which they are to be asked. What belongs to one
 * account goes to one replica while all are well: its cache is warm and its queue orders the
 * appends, so replicas do not get into each other's way.
 */
export class Replicas {
  private turn = 0;
  private readonly awayUntil = new Map<string, number>();

  constructor(private readonly urls: readonly string[]) {}

  inOrderFor(key: string | undefined): readonly string[] {
    const { length } = this.urls;
    if (length < 2) return this.urls;
    const first = key === undefined ? this.turn++ % length : hashOf(key) % length;
    const turned = [...this.urls.slice(first), ...this.urls.slice(0, first)];
    if (this.awayUntil.size === 0) return turned;
    const now = performance.now();
    const isAway = (url: string): boolean => (this.awayUntil.get(url) ?? 0) > now;
    return [...turned.filter((url) => !isAway(url)), ...turned.filter(isAway)];
  }

  couldNotReach(url: string): void {
    this.awayUntil.set(url, performance.now() + AVOIDED_MS);
  }

  reached(url: string): void {
    if (this.awayUntil.size > 0) this.awayUntil.delete(url);
  }
}

/** FNV-1a: spreads ids that differ in a few characters. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

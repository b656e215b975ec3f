/**
 * The entries used last, at least half of `entriesMax` and at most all of it. Two generations instead
 * of an exact order of use: an entry that is used again and again costs one look-up, and moves once
 * per generation; a list that is relinked at each use costs several misses of the processor's cache.
 */
export class RecentlyUsed<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();

  constructor(private readonly entriesMax: number) {}

  get(key: string): Value | undefined {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const old = this.old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    if (this.young.size >= this.entriesMax / 2) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  delete(key: string): void {
    this.young.delete(key);
    this.old.delete(key);
  }
}

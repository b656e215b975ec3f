/** A set of texts that may hold more than the 16.7 million entries of one JavaScript set. */
export class IdSet {
  private readonly shards = new Map<string, Set<string>>();

  /** `false` when it was there already. */
  add(id: string): boolean {
    const shard = id.slice(-2);
    const ids = this.shards.get(shard) ?? new Set<string>();
    if (ids.has(id)) return false;
    this.shards.set(shard, ids.add(id));
    return true;
  }
}

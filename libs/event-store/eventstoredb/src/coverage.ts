import { type Position, START } from '@fidelis/event-store';

/**
 * What the feed follows: some categories, or all, each from some position on. Every event of a
 * category behind its position has come by, or will.
 */
export class Coverage {
  private readonly wanted = new Set<string>();
  private readonly since = new Map<string, Position>();
  private wantsAll = false;
  private allSince: Position | undefined;

  /** @returns whether the feed has to follow more than it does. */
  want(categories: readonly string[] | undefined): boolean {
    if (this.wantsAll) return false;
    if (categories === undefined) {
      this.wantsAll = true;
      return true;
    }
    const missing = categories.filter((category) => !this.wanted.has(category));
    for (const category of missing) this.wanted.add(category);
    return missing.length > 0;
  }

  get hasBegun(): boolean {
    return this.allSince !== undefined || this.since.size > 0;
  }

  /** What to ask the server for; `undefined`: every category. */
  get filter(): readonly string[] | undefined {
    return this.wantsAll ? undefined : [...this.wanted];
  }

  /** From now on everything wanted is followed, from this position on. */
  begin(position: Position): void {
    if (this.wantsAll) this.allSince ??= position;
    for (const category of this.wanted) {
      if (!this.since.has(category)) this.since.set(category, position);
    }
  }

  /** The position behind which all of these are complete; `undefined` while some are not. */
  completeBehind(categories: readonly string[] | undefined): Position | undefined {
    if (categories === undefined) return this.allSince;
    let position: Position = START;
    for (const category of categories) {
      const since = this.since.get(category) ?? this.allSince;
      if (since === undefined) return undefined;
      position = Math.max(position, since);
    }
    return position;
  }
}

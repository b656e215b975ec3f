import type { Position } from '@fidelis/event-store';
import { CategorySet, type CategorySetParts } from './category-set';
import type { AllPage } from './reader';
import type { SearchOptions } from './search';

/** Raised when what is kept means something else: rows of another format are left alone. */
const FORMAT = 2;

/** What this process knows of each set of categories that somebody asked for. */
export class CategorySets {
  private readonly sets = new Map<string, CategorySet>();

  constructor(private readonly parts: CategorySetParts) {}

  of(categories: readonly string[]): CategorySet {
    const name = nameOf(categories);
    return this.sets.get(name) ?? this.add(name, { categories, indexed: false });
  }

  /** From now on all events of these are kept. */
  index(categories: readonly string[]): void {
    const name = nameOf(categories);
    if (this.sets.get(name)?.isIndexed !== true) this.add(name, { categories, indexed: true });
  }

  page(after: Position, options: SearchOptions): Promise<AllPage> {
    const { categories } = options;
    const isNamed = categories !== undefined && categories.length > 0;
    return isNamed
      ? this.of(categories).page(after, options)
      : this.parts.search.page(after, options);
  }

  async keep(): Promise<void> {
    await Promise.all([...this.sets.values()].map((set) => set.keep()));
  }

  private add(
    name: string,
    options: { readonly categories: readonly string[]; readonly indexed: boolean },
  ): CategorySet {
    const key = `${FORMAT} ${options.indexed ? 'index' : 'head'} ${name}`;
    const set = new CategorySet({ ...options, key }, this.parts);
    this.sets.set(name, set);
    return set;
  }
}

/** Categories have no spaces. */
export function nameOf(categories: readonly string[]): string {
  return [...new Set(categories)].sort().join(' ');
}

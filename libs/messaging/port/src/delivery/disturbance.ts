/** What a real broker may do to a consumer, on purpose, for tests. Never set in production. */
export interface Disturbance {
  /** How often each message comes; after the first time with older ones between. */
  readonly copies: number;
  /** Mixes the keys; the order within a key stays. */
  readonly shuffleKeys: boolean;
  /** 0 ≤ n < 1; a seeded one makes a failure repeatable. */
  readonly random: () => number;
}

/** Every message three times, with the keys mixed; the same seed mixes alike. */
export function disturbanceOf(seed: number): Disturbance {
  let state = seed;
  // A small linear congruential generator.
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { copies: 3, shuffleKeys: true, random };
}

/**
 * Repeats and mixes what a source hands over at once. `copy(item, last)` makes each copy; only the
 * last one of a message counts for its position.
 */
export function disturbed<T, C>(
  items: readonly T[],
  { copies, shuffleKeys, random }: Disturbance,
  from: { readonly keyOf: (item: T) => string; readonly copy: (item: T, last: boolean) => C },
): C[] {
  return Array.from({ length: copies }, (_, round) => {
    const order = shuffleKeys ? shuffledAcrossKeys(items, from.keyOf, random) : items;
    return order.map((item) => from.copy(item, round === copies - 1));
  }).flat();
}

function shuffledAcrossKeys<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  random: () => number,
): T[] {
  const byKey = new Map<string, T[]>();
  for (const item of items) {
    const ofKey = byKey.get(keyOf(item));
    if (ofKey === undefined) byKey.set(keyOf(item), [item]);
    else ofKey.push(item);
  }
  // The places of the items are shuffled; each place then takes its key's next item.
  const places = items.map((item) => ({ key: keyOf(item), at: random() }));
  places.sort((a, b) => a.at - b.at);
  return places.flatMap(({ key }) => byKey.get(key)?.splice(0, 1) ?? []);
}

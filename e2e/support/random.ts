/** A source of chance that a seed repeats. */
export interface Dice {
  /** Below 1. */
  roll(): number;
  /** Both included. */
  between(min: number, max: number): number;
  oneOf<T>(items: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, good enough to choose what a client does next. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number): number => min + Math.floor(roll() * (max - min + 1));
  return {
    roll,
    between,
    oneOf: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new Error('nothing to choose from');
      return item;
    },
  };
}

/** `FIDELIS_SEED`, or a new one; printed, so that a failure can be had again. */
export function seedOfRun(name: string): number {
  const given = process.env['FIDELIS_SEED'];
  const seed = given === undefined || given === '' ? Date.now() % 2 ** 31 : Number(given);
  process.stdout.write(`${name}: FIDELIS_SEED=${seed}\n`);
  return seed;
}

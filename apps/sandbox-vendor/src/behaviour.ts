/** How the vendor answers; `PUT /behaviour` changes it, field by field. */
export interface Behaviour {
  /** `later`: 202, and a callback after `callbackAfterMs`. `silent`: the connection is cut. */
  readonly answer: 'accept' | 'refuse' | 'later' | 'silent';
  readonly cancellation: 'accept' | 'refuse' | 'later' | 'silent';
  /** What the callbacks of `later` say. */
  readonly callback: 'accept' | 'refuse';
  readonly callbackAfterMs: number;
  /** How long it thinks before each answer. */
  readonly delayMs: number;
  /** Orders with one of these are refused, whatever else is said. */
  readonly refuseSkus: readonly string[];
}

export const friendly: Behaviour = {
  answer: 'accept',
  cancellation: 'accept',
  callback: 'accept',
  callbackAfterMs: 100,
  delayMs: 0,
  refuseSkus: [],
};

const isAnswer = (value: unknown): boolean =>
  value === 'accept' || value === 'refuse' || value === 'later' || value === 'silent';
const isDelay = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= 600_000;

const allowed: { readonly [Name in keyof Behaviour]: (value: unknown) => boolean } = {
  answer: isAnswer,
  cancellation: isAnswer,
  callback: (value) => value === 'accept' || value === 'refuse',
  callbackAfterMs: isDelay,
  delayMs: isDelay,
  refuseSkus: (value) => Array.isArray(value) && value.every((sku) => typeof sku === 'string'),
};

/** `undefined`: the change is not understood, and nothing changes. */
export function changed(before: Behaviour, change: unknown): Behaviour | undefined {
  if (typeof change !== 'object' || change === null) return undefined;
  const known = Object.entries(change).every(
    ([name, value]) => isKnown(name) && allowed[name](value),
  );
  return known ? { ...before, ...change } : undefined;
}

function isKnown(name: string): name is keyof Behaviour {
  return Object.hasOwn(allowed, name);
}

/**
 * A value that is there already, or will be. What is in memory is answered without a promise, which
 * on the way of a ticket would cost more than the work behind it. Await it, as any promise.
 */
export type Eventually<T> = T | Promise<T>;

/** `next` of the value, at once when it is there. */
export function eventually<T, Next>(
  value: Eventually<T>,
  next: (value: T) => Eventually<Next>,
): Eventually<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}

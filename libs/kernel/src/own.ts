type Named<Value> = Readonly<Partial<Record<string, Value>>>;

/**
 * What `record` holds under a name that a client chose. A sku or a campaign may be called
 * `constructor`, which every object inherits: only own entries count.
 */
export function ownEntry<Value>(record: Named<Value>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A copy with one more entry. Assigning to `__proto__` would set no entry; a literal does. */
export function withOwnEntry<Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
  value: Value,
): Readonly<Record<string, Value>> {
  return { ...record, [name]: value };
}

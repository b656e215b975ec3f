export interface Matched<Value> {
  readonly value: Value;
  readonly params: Readonly<Record<string, string>>;
}

interface Node<Value> {
  readonly fixed: Map<string, Node<Value>>;
  any: Node<Value> | undefined;
  found: { readonly value: Value; readonly names: readonly string[] } | undefined;
}

/**
 * Finds routes as the router of the services does: a fixed part of a path goes before a parameter,
 * and what leads nowhere is gone back on.
 */
export class RouteMatcher<Value> {
  private readonly roots = new Map<string, Node<Value>>();

  /** The first of two equal routes stays. */
  add(method: string, path: string, value: Value): void {
    let node = this.roots.get(method) ?? newNode<Value>();
    this.roots.set(method, node);
    const names: string[] = [];
    for (const part of path.split('/').slice(1)) {
      if (part.startsWith(':')) {
        names.push(part.slice(1));
        node = node.any ??= newNode();
        continue;
      }
      const next = node.fixed.get(part) ?? newNode<Value>();
      node.fixed.set(part, next);
      node = next;
    }
    node.found ??= { value, names };
  }

  /** `path` as it came, percent-encoded. */
  find(method: string, path: string): Matched<Value> | undefined {
    const root = this.roots.get(method);
    const parts = decoded(path);
    if (root === undefined || parts === undefined) return undefined;
    const values: string[] = [];
    const node = descend(root, parts, values);
    if (node?.found === undefined) return undefined;
    const { value, names } = node.found;
    return { value, params: Object.fromEntries(names.map((name, n) => [name, values[n] ?? ''])) };
  }
}

const newNode = <Value>(): Node<Value> => ({ fixed: new Map(), any: undefined, found: undefined });

function descend<Value>(
  node: Node<Value>,
  parts: readonly string[],
  values: string[],
): Node<Value> | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return node.found === undefined ? undefined : node;
  const fixed = node.fixed.get(part);
  const found = fixed && descend(fixed, rest, values);
  if (found !== undefined || node.any === undefined) return found;
  values.push(part);
  const behind = descend(node.any, rest, values);
  if (behind === undefined) values.pop();
  return behind;
}

function decoded(path: string): readonly string[] | undefined {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

import { Environment } from '@marcbachmann/cel-js';
import type { ExpressionFault } from '../domain/campaign';
import type { TicketFacts } from './ticket-facts';

/**
 * Conditions are CEL (https://cel.dev): pure, typed, without loops of their own. What a condition
 * may cost is bounded before it is stored: its length, its nodes, and how macros nest, so that one
 * evaluation walks the lines of a ticket a few hundred times at most. Regular expressions are
 * refused, because theirs is not bounded.
 */
const CHARACTERS_MAX = 4_000;
const MACRO_DEPTH_MAX = 2;
const limits = { maxAstNodes: 300, maxDepth: 32, maxListElements: 200, maxMapEntries: 50 };

const environment = new Environment({ unlistedVariablesAreDyn: false, limits })
  .registerVariable('ticket', 'map')
  .registerVariable('lines', 'list')
  .registerVariable('participant', 'map')
  .registerVariable('tier', 'string')
  .registerVariable('store', 'string')
  .registerVariable('channel', 'string')
  .registerVariable('time', 'google.protobuf.Timestamp');

const MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const REFUSED = new Set(['matches', 'split', 'join']);

export type Condition = (facts: TicketFacts & { readonly tier: string }) => boolean | 'error';

interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
}

/** Why an expression is not a condition, and where; `undefined`: it is one. */
export function findExpressionFault(expression: string): ExpressionFault | undefined {
  if (expression.length > CHARACTERS_MAX) {
    const message = `a condition has at most ${CHARACTERS_MAX} characters`;
    return { message, position: CHARACTERS_MAX };
  }
  try {
    const parsed = environment.parse(expression);
    const checked = parsed.check();
    if (!checked.valid) return toFault(checked.error);
    if (checked.type !== 'bool' && checked.type !== 'dyn') {
      return { message: `gives ${checked.type ?? 'no truth value'}, not bool`, position: 0 };
    }
    return findCostlyPart(parsed.ast, { depth: 0, withinLines: false });
  } catch (error) {
    return toFault(error);
  }
}

/** A stored expression, ready to run; it was checked when it was stored. */
export function compileCondition(expression: string): Condition {
  const run = environment.parse(expression);
  run.check();
  return (facts) => {
    try {
      return run(facts) === true;
    } catch {
      return 'error';
    }
  };
}

interface Around {
  readonly depth: number;
  readonly withinLines: boolean;
}

function findCostlyPart(node: Node, around: Around): ExpressionFault | undefined {
  const fault = faultOf(node, around);
  if (fault !== undefined) return fault;
  const within = isMacro(node) ? { depth: around.depth + 1, withinLines: true } : around;
  for (const [index, part] of partsOf(node).entries()) {
    // The first part of a macro is what it walks; the others run for each element.
    const costly = findCostlyPart(part, index === 0 ? around : within);
    if (costly !== undefined) return costly;
  }
  return undefined;
}

function faultOf(node: Node, { depth, withinLines }: Around): ExpressionFault | undefined {
  const name = nameOf(node) ?? '';
  const position = node.start;
  if (REFUSED.has(name)) return { message: `${name} is not available`, position };
  if (isMacro(node) && depth === MACRO_DEPTH_MAX) {
    return { message: `macros nest at most ${MACRO_DEPTH_MAX} deep`, position };
  }
  const isLines = node.op === 'id' && node.args === 'lines';
  if (!isLines || !withinLines) return undefined;
  return { message: 'lines cannot be walked within a macro', position };
}

function isMacro(node: Node): boolean {
  return node.op === 'rcall' && MACROS.has(nameOf(node) ?? '');
}

function nameOf({ op, args }: Node): string | undefined {
  if ((op !== 'call' && op !== 'rcall') || !Array.isArray(args)) return undefined;
  return typeof args[0] === 'string' ? args[0] : undefined;
}

function partsOf({ args }: Node): readonly Node[] {
  const parts: readonly unknown[] = Array.isArray(args) ? args.flat(3) : [args];
  return parts.filter(isNode);
}

function isNode(part: unknown): part is Node {
  return typeof part === 'object' && part !== null && 'op' in part;
}

function toFault(error: unknown): ExpressionFault {
  const { summary, range } = error as { summary?: string; range?: { start: number } };
  return { message: summary ?? 'is not an expression', position: range?.start ?? 0 };
}

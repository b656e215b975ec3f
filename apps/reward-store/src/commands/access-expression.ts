import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { Visitor } from '../domain/store';

/**
 * Access expressions are CEL (https://cel.dev) over `participantId`, `tier`, `groups` and
 * `territory` (empty when there is none). No loops, no input or output; its size is bounded by the
 * language's own limits.
 */
const environment = new Environment({ unlistedVariablesAreDyn: false })
  .registerVariable('participantId', 'string')
  .registerVariable('tier', 'string')
  .registerVariable('groups', 'list<string>')
  .registerVariable('territory', 'string');

/** Stores are few; a cache that is full is emptied. */
const PARSED_MAX = 1_000;
const parsed = new Map<string, ParseResult>();

export interface ExpressionError {
  readonly detail: string;
  /** Where in the text, from 0. */
  readonly position: number;
}

/** What is wrong with an expression; `undefined`: nothing. */
export function expressionError(expression: string): ExpressionError | undefined {
  try {
    const result = environment.check(expression);
    if (!result.valid) return toExpressionError(result.error);
    if (result.type === 'bool' || result.type === 'dyn') return undefined;
    return { detail: `gives a ${result.type ?? 'value'}, not true or false`, position: 0 };
  } catch (error) {
    return toExpressionError(error);
  }
}

/** An expression that fails on this visitor does not let them in. */
export function satisfies(expression: string, visitor: Visitor): boolean {
  const { participantId, tier = '', groups, territory = '' } = visitor;
  try {
    return parse(expression)({ participantId, tier, groups, territory }) === true;
  } catch {
    return false;
  }
}

function parse(expression: string): ParseResult {
  let result = parsed.get(expression);
  if (result === undefined) {
    result = environment.parse(expression);
    if (parsed.size >= PARSED_MAX) parsed.clear();
    parsed.set(expression, result);
  }
  return result;
}

function toExpressionError(error: unknown): ExpressionError {
  const { summary, range } = error as { summary?: string; range?: { start: number } };
  return { detail: summary ?? 'is not an expression', position: range?.start ?? 0 };
}

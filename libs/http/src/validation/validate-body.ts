import type { DtoClass } from '../fields/decorate';
import { validationFailed } from '../problems/common-problems';
import type { FieldError } from '../problems/problem';
import { Problem } from '../problems/problem';
import type { ErrorObject, ValidateFunction } from './compile';
import { compile } from './compile';
import { parseJson } from './parse-json';
import { queryReadersOf } from './schema-of';
import { wordErrors } from './word-errors';

const compiled = new WeakMap<DtoClass, ValidateFunction>();
const readers = new WeakMap<DtoClass, ReturnType<typeof queryReadersOf>>();

/** Everything that is wrong with `value`; nothing when it is a `dto`. */
export function errorsOf(dto: DtoClass, value: unknown): readonly FieldError[] {
  const validate = validatorOf(dto);
  if (validate(value)) return [];
  const refusedBy = validate.errors ?? [];
  const worded = wordsAgainst(dto, value);
  return worded.length > 0 ? worded : refusedBy.map(fromAjv);
}

/** `value` as it is (no copy, no instance), or a 400 that says what is wrong. */
export function validated<Dto extends object>(dto: new () => Dto, value: unknown): Dto {
  const errors = errorsOf(dto, value);
  if (errors.length > 0) throw validationFailed(errors);
  return value as Dto;
}

export type LineOutcome<Dto> =
  | { readonly ok: true; readonly value: Dto }
  /** `read`: the JSON that is no `Dto`, where it was JSON. */
  | { readonly ok: false; readonly problem: Problem; readonly read?: unknown };

/** One line of an import: text → checked JSON. */
export function parseLine<Dto extends object>(dto: new () => Dto, text: string): LineOutcome<Dto> {
  let read: unknown;
  try {
    read = parseJson(text);
    return { ok: true, value: validated(dto, read) };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error, read };
    throw error;
  }
}

/** Texts of a query string → the fields' types, then the same two validators as for bodies. */
export function validatedQuery(dto: DtoClass, query: Readonly<Record<string, unknown>>): object {
  const fields = readersOf(dto);
  const value: Record<string, unknown> = {};
  for (const [name, read] of fields) {
    const given = query[name];
    if (given === undefined) continue;
    value[name] = typeof given === 'string' ? read(given) : given;
  }
  const errors = errorsOf(dto, value);
  if (errors.length > 0) throw validationFailed(errors);
  return value;
}

/** Compiled at the first use: compiling all at the start would double the time until ready. */
export function validatorOf(dto: DtoClass): ValidateFunction {
  let validate = compiled.get(dto);
  if (validate === undefined) {
    validate = compile(dto);
    compiled.set(dto, validate);
  }
  return validate;
}

function readersOf(dto: DtoClass): ReturnType<typeof queryReadersOf> {
  let found = readers.get(dto);
  if (found === undefined) {
    found = queryReadersOf(dto);
    readers.set(dto, found);
  }
  return found;
}

// class-transformer trips over keys like `constructor`; ajv's own words do then.
function wordsAgainst(dto: DtoClass, value: unknown): readonly FieldError[] {
  try {
    return wordErrors(dto, value);
  } catch {
    return [];
  }
}

function fromAjv(error: ErrorObject): FieldError {
  return {
    pointer: error.instancePath,
    code: error.keyword === 'additionalProperties' ? 'unknown_field' : error.keyword,
    detail: error.message ?? 'is not allowed',
  };
}

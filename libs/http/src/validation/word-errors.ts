import { plainToInstance } from 'class-transformer';
import type { ValidationError } from 'class-validator';
import { validateSync } from 'class-validator';
import type { DtoClass } from '../fields/decorate';
import { nestedDtoOf } from '../fields/decorate';
import { breaksChoice, choiceRulesOf, choiceSays } from '../fields/exactly-one-of';
import { isRecord } from '../fields/plain-json';
import type { FieldError } from '../problems/problem';

/** A request with a thousand bad lines is not answered with a thousand errors. */
export const ERRORS_MAX = 50;

/** Deeper than any DTO; what comes after it would only overflow the stack of the worder. */
const DEPTH_MAX = 32;

/**
 * What class-validator says against `value`: the same verdict as the compiled schema, in words.
 * Slow; only for what ajv refused.
 */
export function wordErrors(dto: DtoClass, value: unknown): readonly FieldError[] {
  if (!isRecord(value)) {
    return [{ pointer: '', code: 'object', detail: 'must be a JSON object' }];
  }
  if (isDeeperThan(value, DEPTH_MAX)) {
    return [{ pointer: '', code: 'too_deep', detail: `must not nest deeper than ${DEPTH_MAX}` }];
  }
  const errors = validateSync(plainToInstance(dto, value), {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
  });
  const worded = errors.flatMap((error) => wordsOf(error, ''));
  return [...worded, ...brokenChoices(dto, value, '')].slice(0, ERRORS_MAX);
}

function wordsOf(error: ValidationError, parent: string): readonly FieldError[] {
  const pointer = `${parent}/${escapePointer(error.property)}`;
  const own = Object.entries(error.constraints ?? {}).map(([kind, detail]) =>
    toFieldError(pointer, kind, { detail, missing: error.value === undefined, error }),
  );
  return [...own, ...(error.children ?? []).flatMap((child) => wordsOf(child, pointer))];
}

function toFieldError(
  pointer: string,
  kind: string,
  about: { detail: string; missing: boolean; error: ValidationError },
): FieldError {
  if (kind === 'whitelistValidation') {
    return { pointer, code: 'unknown_field', detail: `${about.error.property} is not known here` };
  }
  if (about.missing) {
    return { pointer, code: 'required', detail: `${about.error.property} is required` };
  }
  return { pointer, code: kind === 'isObject' ? 'object' : kind, detail: about.detail };
}

function brokenChoices(dto: DtoClass, value: unknown, pointer: string): readonly FieldError[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => brokenChoices(dto, item, `${pointer}/${index}`));
  }
  if (!isRecord(value)) return [];
  const own = choiceRulesOf(dto)
    .filter((rule) => breaksChoice(rule, value))
    .map((rule) => ({ pointer, code: 'choice', detail: choiceSays(rule) }));
  const inner = Object.entries(value).flatMap(([name, member]) => {
    const innerDto = nestedDtoOf(dto, name);
    const at = `${pointer}/${escapePointer(name)}`;
    return innerDto === undefined ? [] : brokenChoices(innerDto, member, at);
  });
  return [...own, ...inner];
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((member) => isDeeperThan(member, depth - 1));
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

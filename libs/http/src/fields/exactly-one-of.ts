/** `expiresAt` or `ttl`, `full` or `lines` or `amount`: how many of these fields must be there. */
export interface ChoiceRule {
  readonly fields: readonly string[];
  readonly atMostOne: boolean;
  readonly atLeastOne: boolean;
}

const rules = new WeakMap<object, ChoiceRule[]>();

export const ExactlyOneOf = (...fields: readonly string[]): ClassDecorator =>
  choice({ fields, atMostOne: true, atLeastOne: true });
export const AtMostOneOf = (...fields: readonly string[]): ClassDecorator =>
  choice({ fields, atMostOne: true, atLeastOne: false });
export const AtLeastOneOf = (...fields: readonly string[]): ClassDecorator =>
  choice({ fields, atMostOne: false, atLeastOne: true });

/** The rules of a DTO class, its ancestors' included. */
export function choiceRulesOf(dto: object): readonly ChoiceRule[] {
  const parent: unknown = Object.getPrototypeOf(dto);
  const inherited = typeof parent === 'function' ? choiceRulesOf(parent) : [];
  return [...inherited, ...(rules.get(dto) ?? [])];
}

export function breaksChoice(rule: ChoiceRule, value: Record<string, unknown>): boolean {
  const present = rule.fields.filter((name) => value[name] !== undefined).length;
  return (rule.atLeastOne && present === 0) || (rule.atMostOne && present > 1);
}

export function choiceSays(rule: ChoiceRule): string {
  const names = rule.fields.join(', ');
  if (rule.atMostOne && rule.atLeastOne) return `exactly one of ${names} must be given`;
  return rule.atMostOne ? `only one of ${names} may be given` : `one of ${names} must be given`;
}

/** What the DTO's schema must also satisfy. */
export function choiceSchemas(rule: ChoiceRule): readonly object[] {
  const each = rule.fields.map((name) => ({ required: [name] }));
  if (rule.atMostOne && rule.atLeastOne) return [{ oneOf: each }];
  if (rule.atLeastOne) return [{ anyOf: each }];
  return [{ oneOf: [...each, { not: { anyOf: each } }] }];
}

function choice(rule: ChoiceRule): ClassDecorator {
  return (target) => {
    rules.set(target, [...(rules.get(target) ?? []), rule]);
  };
}

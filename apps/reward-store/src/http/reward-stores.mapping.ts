import { assertNever } from '@fidelis/kernel';
import { validationFailed } from '@fidelis/http';
import { expressionError } from '../commands/access-expression';
import type { Access, OpenedStore, StoreTerms } from '../domain/store';
import { toPeriod } from './periods';
import type { AccessBody, RewardStoreBody } from './reward-stores.requests';
import { accessProblems } from './reward-store.problems';

export function toStoreTerms(body: RewardStoreBody): StoreTerms {
  const { name, programId, activeFrom, activeTo, wallets } = body;
  const names = { from: '/activeFrom', to: '/activeTo' };
  const { from, to } = toPeriod({ from: activeFrom ?? null, to: activeTo ?? null }, names);
  return {
    name,
    programId,
    ...(from !== undefined && { activeFrom: from }),
    ...(to !== undefined && { activeTo: to }),
    access: toAccess(body.access ?? { type: 'all' }),
    ...(wallets !== undefined && { wallets }),
  };
}

export function toStoreAnswer({ storeId, version, terms }: OpenedStore): object {
  return { id: storeId, version, ...terms };
}

function toAccess(body: AccessBody): Access {
  const { type, tiers, participantIds, expression } = body;
  switch (type) {
    case 'all':
      return { type };
    case 'tiers':
      return { type, tiers: given(tiers, 'tiers', type) };
    case 'invitation':
      return { type, participantIds: given(participantIds, 'participantIds', type) };
    case 'expression':
      return { type, expression: checked(given(expression, 'expression', type)) };
    default:
      return assertNever(type);
  }
}

function given<Value>(value: Value | undefined, name: string, type: string): Value {
  if (value !== undefined) return value;
  const detail = `${name} is required for ${type}`;
  throw validationFailed([{ pointer: `/access/${name}`, code: 'required', detail }]);
}

function checked(expression: string): string {
  const error = expressionError(expression);
  if (error === undefined) return expression;
  const { detail, position } = error;
  throw accessProblems.problem('invalid_expression', detail, { position });
}

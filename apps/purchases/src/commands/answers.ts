import type { Answered, Refusal } from '@fidelis/contracts';
import { OperationalError, type Rejection } from '@fidelis/kernel';

export const yes = <T>(value: T): Answered<T> => ({ ok: true, value });

export const no = (refusal: Refusal): Answered<never> => ({ ok: false, refusal });

/** A rejection of ours as other services and the edge see it: its code and its further fields. */
export function toRefusal(rejection: Rejection): Refusal {
  return { ...rejection };
}

/** For what cannot be refused: an append that only records what has happened. */
export function requireDone(handled: {
  readonly outcome: 'accepted' | 'done' | 'rejected';
  readonly durable?: Promise<void>;
  readonly rejection?: Rejection;
}): Promise<void> {
  if (handled.outcome !== 'rejected') return handled.durable ?? Promise.resolve();
  const detail = handled.rejection?.detail ?? 'refused';
  throw new OperationalError(`what has happened could not be recorded: ${detail}`);
}

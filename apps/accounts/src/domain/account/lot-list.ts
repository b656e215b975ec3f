import type { LotPart } from './account.events';

/** A grant of points and what is left of it. */
export interface Lot extends Omit<LotPart, 'points'> {
  /** Not spent, not expired, not reversed: held points included. */
  readonly remaining: number;
  readonly held: number;
}

/**
 * Lots in an order that never changes for a lot, in chunks: a change copies one chunk and the list
 * of chunks, so an account with 100,000 lots is as quick as one with a few.
 */
export type LotList = readonly (readonly Lot[])[];

/** What the order needs to know of a lot. */
export type LotKey = Pick<Lot, 'lotId' | 'grantedAt' | 'availableAt' | 'expiresAt'>;

/** Negative: `a` comes before `b`. */
export type LotOrder = (a: LotKey, b: LotKey) => number;

const CHUNK_LOTS_MAX = 64;

/** How lots are spent: soonest expiry first, then oldest grant; those that never expire last. */
export const spendingOrder: LotOrder = (a, b) => {
  const byExpiry = compare(a.expiresAt ?? NEVER, b.expiresAt ?? NEVER);
  return byExpiry === 0 ? compare(a.grantedAt, b.grantedAt) : byExpiry;
};

/** How lots become active. */
export const activationOrder: LotOrder = (a, b) => compare(a.availableAt, b.availableAt);

/** After every digit: later than any instant. */
const NEVER = '~';

export function* lotsOf(list: LotList): Generator<Lot, void, undefined> {
  for (const chunk of list) yield* chunk;
}

export function countLots(list: LotList): number {
  return list.reduce((count, chunk) => count + chunk.length, 0);
}

/** After every lot that is its equal in the order. */
export function insertLot(list: LotList, lot: Lot, order: LotOrder): LotList {
  const index = Math.max(0, firstChunkBeyond(list, lot, order) - 1);
  const chunk = list[index];
  if (chunk === undefined) return [[lot]];
  const place = firstBeyond(chunk, lot, order);
  return splice(list, index, chunk.toSpliced(place, 0, lot));
}

export function findLot(list: LotList, key: LotKey, order: LotOrder): Lot | undefined {
  const place = locate(list, key, order);
  return place === undefined ? undefined : list[place.chunk]?.[place.index];
}

/** By id alone: looks at every lot. */
export function findLotById(list: LotList, lotId: string): Lot | undefined {
  for (const chunk of list) {
    const lot = chunk.find((candidate) => candidate.lotId === lotId);
    if (lot !== undefined) return lot;
  }
  return undefined;
}

/** Puts `lot` in the place of its former self, or takes it away where nothing remains of it. */
export function replaceLot(list: LotList, lot: Lot, order: LotOrder): LotList {
  const place = locate(list, lot, order);
  if (place === undefined) return list;
  const chunk = (list[place.chunk] ?? []).slice();
  if (lot.remaining === 0) chunk.splice(place.index, 1);
  else chunk[place.index] = lot;
  return splice(list, place.chunk, chunk);
}

function locate(
  list: LotList,
  key: LotKey,
  order: LotOrder,
): { readonly chunk: number; readonly index: number } | undefined {
  // Equals stand together, but may reach over chunks: walk back from the last of them.
  for (let chunk = firstChunkBeyond(list, key, order) - 1; chunk >= 0; chunk -= 1) {
    const lots = list[chunk] ?? [];
    for (let index = lots.length - 1; index >= 0; index -= 1) {
      const lot = lots[index];
      if (lot === undefined || order(lot, key) > 0) continue;
      if (lot.lotId === key.lotId) return { chunk, index };
      if (order(lot, key) < 0) return undefined;
    }
  }
  return undefined;
}

/** The first chunk whose first lot comes after `key`. */
function firstChunkBeyond(list: LotList, key: LotKey, order: LotOrder): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const first = list[middle]?.[0];
    if (first !== undefined && order(first, key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstBeyond(chunk: readonly Lot[], key: LotKey, order: LotOrder): number {
  let place = chunk.length;
  for (let lot = chunk[place - 1]; lot !== undefined && order(lot, key) > 0; lot = chunk[place - 1])
    place -= 1;
  return place;
}

function splice(list: LotList, index: number, chunk: readonly Lot[]): LotList {
  const next = list.slice();
  if (chunk.length === 0) next.splice(index, 1);
  else if (chunk.length <= CHUNK_LOTS_MAX) next[index] = chunk;
  else next.splice(index, 1, chunk.slice(0, chunk.length >> 1), chunk.slice(chunk.length >> 1));
  return next;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Points of a lot that came back, or moved, with other dates are a lot `<origin>~<suffix>`. */
export function derivedLotId(lotId: string, suffix: string): string {
  return `${lotId}~${suffix}`;
}

/** The lot that was granted at first. */
export function originOf(lotId: string): string {
  const tilde = lotId.indexOf('~');
  return tilde < 0 ? lotId : lotId.slice(0, tilde);
}

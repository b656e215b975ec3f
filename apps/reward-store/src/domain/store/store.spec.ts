import { isActive, mayUse, openStore, reviseStore, type Visitor } from './store.decide';
import type { StoreEvent, StoreTerms } from './store.events';
import { storeAggregate, type Store } from './store.state';

const terms: StoreTerms = { name: 'Main', programId: 'club', access: { type: 'all' } };
const opened: StoreEvent = { type: 'StoreOpened', data: { storeId: 'main', terms } };
const given = (...events: StoreEvent[]): Store =>
  events.reduce(storeAggregate.evolve, storeAggregate.initial);

const anna: Visitor = { participantId: 'anna', tier: 'silver', groups: ['retail'] };
const never = () => false;

describe('a reward store', () => {
  it('is opened once', () => {
    const command = { storeId: 'main', terms };
    expect(openStore(command, given())).toEqual({ outcome: 'accepted', events: [opened] });
    expect(openStore(command, given(opened))).toEqual({ outcome: 'accepted', events: [] });
    const other = { storeId: 'main', terms: { ...terms, name: 'Other' } };
    expect(openStore(other, given(opened))).toMatchObject({
      rejection: { code: 'already_exists' },
    });
  });

  it('gets a new version by a change', () => {
    const changed = { ...terms, name: 'Main street' };
    expect(reviseStore({ storeId: 'main', terms: changed }, given(opened))).toEqual({
      outcome: 'accepted',
      events: [{ type: 'StoreRevised', data: { version: 2, terms: changed } }],
    });
  });

  it('is evergreen without a period, and open within it', () => {
    expect(isActive(terms, '2026-11-22T10:00:00.000Z')).toBe(true);
    const december = {
      ...terms,
      activeFrom: '2026-12-01T00:00:00.000Z',
      activeTo: '2027-01-01T00:00:00.000Z',
    };
    expect(isActive(december, '2026-11-30T23:59:59.999Z')).toBe(false);
    expect(isActive(december, '2026-12-01T00:00:00.000Z')).toBe(true);
    expect(isActive(december, '2027-01-01T00:00:00.000Z')).toBe(false);
  });

  it('lets in members of its programme only', () => {
    expect(mayUse({ type: 'all' }, anna, never)).toBe(true);
    expect(mayUse({ type: 'all' }, { participantId: 'zoe', groups: [] }, never)).toBe(false);
  });

  it('lets in some tiers, those it invited, or whom an expression names', () => {
    expect(mayUse({ type: 'tiers', tiers: ['silver', 'gold'] }, anna, never)).toBe(true);
    expect(mayUse({ type: 'tiers', tiers: ['gold'] }, anna, never)).toBe(false);
    expect(mayUse({ type: 'invitation', participantIds: ['anna'] }, anna, never)).toBe(true);
    expect(mayUse({ type: 'invitation', participantIds: ['bert'] }, anna, never)).toBe(false);
    const access = { type: 'expression', expression: '"retail" in groups' } as const;
    expect(mayUse(access, anna, (_, visitor) => visitor.groups.includes('retail'))).toBe(true);
  });
});

import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { closed, list, object, optional, shape, union, words, type Schema } from './schema';
import { anyText, id, instant, points } from './values';

interface Parcel {
  readonly parcelId: string;
  readonly grams: number;
  readonly note?: string;
  readonly stops: readonly { readonly at: string; readonly kind: 'depot' | 'door' }[];
}

const stop = object<Parcel['stops'][number]>({ at: instant, kind: words('depot', 'door') });
const parcel = object<Parcel>({
  parcelId: id,
  grams: points,
  note: optional(anyText),
  stops: list(stop, { max: 2 }),
});

const ajv = addFormats(new Ajv({ strict: true }));
const accepts = (json: object, value: unknown) => ajv.validate(json, value);
const good = {
  parcelId: 'p1',
  grams: 20,
  stops: [{ at: '2026-11-22T10:00:00.000Z', kind: 'door' }],
};

describe('a schema beside its type', () => {
  it('does not compile when it says something else than the type', () => {
    // @ts-expect-error a field is missing
    object<Parcel>({ parcelId: id, grams: points, note: optional(anyText) });
    // @ts-expect-error the number is a text here
    object<Parcel>({ parcelId: id, grams: id, note: optional(anyText), stops: list(stop) });
    // @ts-expect-error the note may be absent
    object<Parcel>({ parcelId: id, grams: points, note: anyText, stops: list(stop) });
    // @ts-expect-error the type has one word more
    const narrower: Schema<'depot' | 'door'> = words('depot');
    // @ts-expect-error the type has one word less
    const wider: Schema<'depot'> = words('depot', 'door');
    expect(narrower.json).not.toEqual(wider.json);
  });

  it('is the type, where there is no other', () => {
    const made = shape({ amount: points, reason: optional(anyText) });
    const check: Schema<{ readonly amount: number; readonly reason?: string }> = made;
    expect(check.json).toEqual({
      type: 'object',
      properties: { amount: points.json, reason: { type: 'string' } },
      required: ['amount'],
    });
  });

  it('takes what the type takes', () => {
    expect(accepts(parcel.json, good)).toBe(true);
    expect(accepts(parcel.json, { ...good, note: 'fragile' })).toBe(true);
    expect(accepts(parcel.json, { ...good, grams: '20' })).toBe(false);
    expect(accepts(parcel.json, { ...good, grams: -1 })).toBe(false);
    expect(accepts(parcel.json, { ...good, stops: [{ at: 'noon', kind: 'door' }] })).toBe(false);
    const three = [good.stops[0], good.stops[0], good.stops[0]];
    expect(accepts(parcel.json, { ...good, stops: three })).toBe(false);
    expect(accepts(union(id, points).json, 7)).toBe(true);
    expect(accepts(union(id, points).json, true)).toBe(false);
  });

  it('is open to readers and closed to publishers, at every depth', () => {
    const more = { ...good, stops: [{ ...good.stops[0], floor: 3 }] };
    expect(accepts(parcel.json, more)).toBe(true);
    expect(accepts(closed(parcel.json), more)).toBe(false);
    expect(accepts(closed(parcel.json), { ...good, colour: 'red' })).toBe(false);
    expect(accepts(closed(parcel.json), good)).toBe(true);
  });
});

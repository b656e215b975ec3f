import { mergeOpenApi, type OpenApiPart } from './merge-openapi';

const info = { title: 'Fidelis', version: '1', description: 'Points.' };
const to = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const part = (path: string, schemas: OpenApiPart['schemas']): OpenApiPart => ({
  operations: [
    {
      path,
      method: 'get',
      operation: { tags: [path.slice(4)], schema: to('View'), problem: to('Problem') },
    },
  ],
  schemas,
});

const money = { name: 'Money', schema: { type: 'integer' } };
const accounts = part('/v1/accounts', {
  View: { name: 'View', schema: { of: to('Money') } },
  Money: money,
});
const offers = part('/v1/offers', {
  View: { name: 'View', schema: { of: to('Money') } },
  Money: { name: 'Money', schema: { type: 'string' } },
});
const stores = part('/v1/stores', {
  View: { name: 'View', schema: { of: to('Money2') } },
  Money2: money,
});

interface Merged {
  readonly paths: Record<string, { get: { schema: object; problem: object } }>;
  readonly components: { readonly schemas: Record<string, object> };
  readonly tags: readonly object[];
}

const merge = (...parts: OpenApiPart[]) => mergeOpenApi(parts, info) as Merged;

describe('the parts of several processes', () => {
  it('are one document, whichever comes first', () => {
    const document = merge(accounts, offers, stores);
    expect(merge(stores, accounts, offers)).toEqual(document);
    expect(document.tags).toEqual([{ name: 'accounts' }, { name: 'offers' }, { name: 'stores' }]);
  });

  it('share schemas that say the same, also of what they refer to, and number the others', () => {
    const { paths, components } = merge(accounts, offers, stores);
    expect(components.schemas).toMatchObject({
      View: { of: to('Money') },
      View2: { of: to('Money2') },
      Money: { type: 'integer' },
      Money2: { type: 'string' },
    });
    expect(Object.keys(components.schemas).length).toBe(5);
    expect(paths['/v1/stores']?.get.schema).toEqual(to('View'));
    expect(paths['/v1/offers']?.get.schema).toEqual(to('View2'));
    expect(paths['/v1/offers']?.get.problem).toEqual(to('Problem'));
  });

  it('that describe one operation differently: the first description counts', () => {
    const newer = part('/v1/accounts', {
      View: { name: 'View', schema: { of: to('Money') } },
      Money: { name: 'Money', schema: { type: 'string' } },
    });
    const { paths, components } = merge(accounts, newer, stores);
    expect(paths['/v1/accounts']?.get.schema).toEqual(to('View'));
    expect(components.schemas).toMatchObject({ Money: { type: 'integer' } });
    expect(Object.keys(components.schemas).sort()).toEqual(['Money', 'Problem', 'View']);
  });
});

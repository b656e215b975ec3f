import { RouteMatcher } from './route-matcher';

const matcher = new RouteMatcher<string>();
for (const path of [
  '/v1/accounts/:id',
  '/v1/accounts/:accountId/lots',
  '/v1/transactions/batch',
  '/v1/transactions/:transactionId/returns',
  '/v1/:kind/batch/extra',
]) {
  matcher.add('POST', path, path);
}

const find = (path: string, method = 'POST') => matcher.find(method, path);

describe('the way to an endpoint', () => {
  it('has parameters, decoded, under the names of its own route', () => {
    expect(find('/v1/accounts/a%2Fb')).toEqual({
      value: '/v1/accounts/:id',
      params: { id: 'a/b' },
    });
    expect(find('/v1/accounts/7/lots')?.params).toEqual({ accountId: '7' });
  });

  it('goes by fixed parts first, and back when they lead nowhere', () => {
    expect(find('/v1/transactions/batch')?.value).toBe('/v1/transactions/batch');
    expect(find('/v1/transactions/batch/returns')).toEqual({
      value: '/v1/transactions/:transactionId/returns',
      params: { transactionId: 'batch' },
    });
    expect(find('/v1/transactions/batch/extra')).toEqual({
      value: '/v1/:kind/batch/extra',
      params: { kind: 'transactions' },
    });
  });

  it('is not there for other methods, shorter or longer paths, or what cannot be decoded', () => {
    expect(find('/v1/accounts/7', 'GET')).toBeUndefined();
    expect(find('/v1/accounts')).toBeUndefined();
    expect(find('/v1/accounts/7/lots/8')).toBeUndefined();
    expect(find('/v1/accounts/%zz')).toBeUndefined();
  });

  it('belongs to the first of two that are equal', () => {
    matcher.add('POST', '/v1/accounts/:other', 'second');
    expect(find('/v1/accounts/7')?.value).toBe('/v1/accounts/:id');
  });
});

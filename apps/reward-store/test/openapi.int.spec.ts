import { openApiDocument } from '@fidelis/http';
import { startRewardStore, type TestApp } from './reward-store-app';

const info = { title: 'Reward store', version: '1', description: 'As its routes say.' };

interface Operation {
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

describe('the reference of the reward store', () => {
  let fidelis: TestApp;

  beforeEach(async () => {
    fidelis = await startRewardStore();
  });

  afterEach(() => fidelis.close());

  const document = () => openApiDocument(fidelis.routes.all(), info) as Document;

  it('has every operation', () => {
    const operations = Object.entries(document().paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.slice('/v1'.length)}`),
    );
    expect(operations.sort()).toEqual([
      'DELETE /reward-stores/{storeId}/offers/{offerId}',
      'GET /issued-offers/{id}',
      'GET /offers',
      'GET /offers/{id}',
      'GET /participants/{id}/issued-offers',
      'GET /participants/{id}/reward-stores',
      'GET /participants/{id}/reward-stores/{storeId}/offers',
      'GET /reward-stores',
      'GET /reward-stores/{storeId}',
      'GET /reward-stores/{storeId}/offers',
      'POST /issued-offers',
      'POST /issued-offers/{id}/lock',
      'POST /issued-offers/{id}/redeem',
      'POST /issued-offers/{id}/reinstate',
      'POST /issued-offers/{id}/revoke',
      'POST /issued-offers/{id}/unlock',
      'POST /offers',
      'POST /reward-stores',
      'POST /reward-stores/{storeId}/offers/{offerId}/purchases',
      'PUT /offers/{id}',
      'PUT /reward-stores/{storeId}',
      'PUT /reward-stores/{storeId}/offers/{offerId}',
    ]);
  });

  it('names the statuses of a purchase', () => {
    const path = '/v1/reward-stores/{storeId}/offers/{offerId}/purchases';
    const { responses } = document().paths[path]?.post ?? { responses: {} };
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(['201', '400', '401', '403', '404', '409', '422', '503']),
    );
  });
});

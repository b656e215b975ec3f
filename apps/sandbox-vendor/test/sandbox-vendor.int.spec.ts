import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Webhook } from 'standardwebhooks';
import { request } from 'undici';
import { readConfig, startSandboxVendor, type SandboxConfig } from '../src';

let app: NestFastifyApplication;
let config: SandboxConfig;
let fidelis: Server;
let told: { path: string; body: string; headers: Record<string, string> }[];

beforeEach(async () => {
  told = [];
  fidelis = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => {
      told.push({
        path: incoming.url ?? '',
        body,
        headers: incoming.headers as Record<string, string>,
      });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => fidelis.listen(0, '127.0.0.1', resolve));
  const { port } = fidelis.address() as AddressInfo;
  config = readConfig({
    SANDBOX_VENDOR_PORT: '0',
    SANDBOX_VENDOR_ID: 'shop',
    FIDELIS_URL: `http://127.0.0.1:${port}/`,
  });
  app = await startSandboxVendor(config);
});

afterEach(async () => {
  await app.close();
  fidelis.closeAllConnections();
  await new Promise((resolve) => fidelis.close(resolve));
});

const order = (orderId: string, sku = 'lamp') => ({ orderId, items: [{ sku, quantity: 1 }] });

async function send(path: string, content: object, more: { unsigned?: boolean } = {}) {
  const body = JSON.stringify(content);
  const at = new Date();
  const response = await request(`${await app.getUrl()}${path}`, {
    method: path === '/behaviour' ? 'PUT' : 'POST',
    headers: {
      'content-type': 'application/json',
      ...(more.unsigned !== true && {
        'webhook-id': path,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(config.secret).sign(path, at, body),
      }),
    },
    body,
  });
  return { status: response.statusCode, body: (await response.body.json()) as any }; // eslint-disable-line @typescript-eslint/no-explicit-any
}

describe('the sandbox vendor', () => {
  it('accepts an order once, however often it comes', async () => {
    const first = await send('/orders', order('p1.1'));
    expect(first).toEqual({
      status: 200,
      body: { status: 'accepted', vendorOrderId: 'SV-000001' },
    });
    expect(await send('/orders', order('p1.1'))).toEqual(first);
    const response = await request(`${await app.getUrl()}/orders`);
    expect(await response.body.json()).toMatchObject([{ orderId: 'p1.1', requests: 2 }]);
  });

  it('wants a signature', async () => {
    expect((await send('/orders', order('p1.1'), { unsigned: true })).status).toBe(401);
  });

  it('refuses what it is told to', async () => {
    await send('/behaviour', { refuseSkus: ['glass'] });
    expect((await send('/orders', order('p1.1', 'glass'))).body.status).toBe('refused');
    expect((await send('/orders', order('p1.2'))).body.status).toBe('accepted');
    expect((await send('/behaviour', { answer: 'maybe' })).status).toBe(400);
  });

  it('cancels, and keeps cancelled what comes after its cancellation', async () => {
    await send('/orders', order('p1.1'));
    expect((await send('/orders/p1.1/cancel', {})).body.status).toBe('cancelled');
    expect((await send('/orders/p2.1/cancel', {})).status).toBe(404);
    expect((await send('/orders', order('p2.1'))).body.status).toBe('cancelled');
  });

  it('answers later by a signed callback', async () => {
    await send('/behaviour', { answer: 'later', callbackAfterMs: 1 });
    expect((await send('/orders', order('p1.1'))).status).toBe(202);
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const [callback] = told;
    expect(callback?.path).toBe('/v1/vendors/shop/callbacks');
    expect(
      new Webhook(config.secret).verify(callback?.body ?? '', callback?.headers ?? {}),
    ).toEqual({
      orderId: 'p1.1',
      status: 'accepted',
      vendorOrderId: 'SV-000001',
    });
  });

  it('may say nothing at all', async () => {
    await send('/behaviour', { answer: 'silent' });
    await expect(send('/orders', order('p1.1'))).rejects.toThrow();
  });
});

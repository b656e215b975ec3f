import { Webhook } from 'standardwebhooks';
import { isSigned, sign } from './signatures';

const body = '{"orderId":"p1.1","status":"accepted"}';
const bytes = Buffer.from(body);
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('a signature by Standard Webhooks', () => {
  it('is accepted from a vendor that signs with the reference library', () => {
    const at = new Date();
    const headers = {
      'webhook-id': 'msg-1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg-1', at, body),
    };
    expect(isSigned(secret, headers, bytes)).toBe(true);
    expect(isSigned(secret, headers, Buffer.from(`${body} `))).toBe(false);
    expect(isSigned('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', headers, bytes)).toBe(false);
  });

  it('is refused when it is older than five minutes, or missing', () => {
    const at = new Date(Date.now() - 301_000);
    const headers = {
      'webhook-id': 'msg-1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg-1', at, body),
    };
    expect(isSigned(secret, headers, bytes)).toBe(false);
    expect(isSigned(secret, {}, bytes)).toBe(false);
  });

  it.each([secret, 'a plain phrase', 'whsec_not base 64', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])(
    'of ours is accepted by us: %s',
    (shared) => {
      expect(isSigned(shared, { ...sign(shared, 'msg-1', body) }, bytes)).toBe(true);
    },
  );
});

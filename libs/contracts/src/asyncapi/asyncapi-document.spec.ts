import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { asyncApiDocument } from './asyncapi-document';
import asyncApi from '@asyncapi/specs/schemas/3.0.0.json';

// It brings the meta schema of draft 07 with it, so ajv must not.
const official = new Ajv({
  strict: false,
  meta: false,
  validateSchema: false,
  validateFormats: false,
}).compile(asyncApi);

interface Document {
  readonly channels: Record<string, { messages: Record<string, { $ref: string }> }>;
  readonly operations: Record<string, { action: string; channel: { $ref: string } }>;
  readonly components: { messages: Record<string, { payload: object }>; schemas: object };
}
const document = asyncApiDocument() as Document;

describe('the AsyncAPI document', () => {
  it('is AsyncAPI 3 by the official schema', () => {
    expect(official(document) ? [] : official.errors).toEqual([]);
    expect(official({ ...document, channels: { a: { address: 7 } } })).toBe(false);
  });

  it('has a channel for each topic, and one for its dead letters', () => {
    expect(Object.keys(document.channels)).toEqual(
      expect.arrayContaining([
        'loyalty.accounts.account.events.v1',
        'loyalty.accounts.account.dlq.v1',
        'loyalty.pos.transactions.v1',
        'loyalty.pos.transactions.dlq.v1',
      ]),
    );
    expect(
      Object.keys(document.channels['loyalty.earning.membership.events.v1']?.messages ?? {}),
    ).toEqual([
      'earning.award-reversed.v1',
      'earning.membership-opened.v1',
      'earning.offer-awarded.v1',
      'earning.points-awarded.v1',
    ]);
  });

  it('receives tickets and sends everything else', () => {
    const received = Object.values(document.operations).filter(
      ({ action }) => action === 'receive',
    );
    expect(received.map(({ channel }) => channel.$ref)).toEqual([
      '#/channels/loyalty.pos.transactions.v1',
    ]);
    expect(Object.values(document.operations)).toHaveLength(Object.keys(document.channels).length);
  });

  it('refers to nothing that is not in it', () => {
    const refs = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g);
    for (const [, path = ''] of refs) {
      const found = path
        .split('/')
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);
      expect({ path, found: typeof found }).toEqual({ path, found: 'object' });
    }
  });

  it('describes messages by schemas that compile', () => {
    const { messages, schemas } = document.components;
    const ajv = addFormats(new Ajv({ strict: true, strictTypes: false, strictRequired: false }));
    ajv.addKeyword('components');
    for (const { payload } of Object.values(messages)) {
      const whole = { ...payload, components: { schemas } };
      expect(typeof ajv.compile(whole)).toBe('function');
    }
  });
});

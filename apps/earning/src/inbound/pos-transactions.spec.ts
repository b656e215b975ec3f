import { PosTransactionV1 } from '@fidelis/contracts';
import { validatorOf } from '@fidelis/http';
import { TicketBody } from '../http/transactions.requests';

/** What both say in their own ways: order, words for the reader, unknown fields. */
function bare(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bare);
  if (typeof schema !== 'object' || schema === null) return schema;
  const {
    description: _description,
    additionalProperties: _additional,
    'x-plain-json': _plain,
    ...rest
  } = schema as Record<string, unknown>;
  const { required } = rest;
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, bare(value)])),
    ...(Array.isArray(required) && { required: [...(required as string[])].sort() }),
  };
}

describe('a ticket on the topic of points of sale', () => {
  it('is described as the body of POST /transactions is checked', () => {
    expect(bare(PosTransactionV1.schema)).toEqual(bare(validatorOf(TicketBody).schema));
  });
});

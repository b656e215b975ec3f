import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { asyncApiDocument } from './asyncapi/asyncapi-document';
import { publicMessageContracts } from './messages/all';
import { POS_TRANSACTIONS } from './messages/pos.messages';
import { closed } from './schema/schema';

const FOLDER = join(__dirname, '../golden');

interface CloudEvent {
  readonly type: string;
  readonly source: string;
  readonly data: Record<string, unknown>;
}

const read = (type: string) =>
  JSON.parse(readFileSync(join(FOLDER, `${type}.json`), 'utf8')) as CloudEvent;
const ajv = addFormats(new Ajv({ strict: true, strictTypes: false, strictRequired: false }));
ajv.addKeyword('components');

/** The message as `/asyncapi.json` describes it to others. */
const { components } = asyncApiDocument() as {
  components: { messages: Record<string, { payload: object }>; schemas: object };
};
const wireOf = (type: string) =>
  ajv.compile({
    ...components.messages[type]?.payload,
    components: { schemas: components.schemas },
  });

describe('the golden messages', () => {
  it('are one of each contract, and no other', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
    const types = publicMessageContracts.map(({ type }) => `${type}.json`);
    expect(files.sort()).toEqual([...types].sort());
  });

  it.each(publicMessageContracts.map((contract) => [contract.type, contract] as const))(
    '%s is what its schema and the AsyncAPI document say, and nothing more',
    (type, { topic, schema }) => {
      const golden = read(type);
      const exact = ajv.compile(closed(schema));
      expect(exact(golden.data) ? [] : exact.errors).toEqual([]);
      const wire = wireOf(type);
      expect(wire(golden) ? [] : wire.errors).toEqual([]);
      expect(golden.type).toBe(type);
      if (topic === POS_TRANSACTIONS) return;
      expect(golden.source).toBe(`/${type.split('.')[0] ?? ''}/${topic}`);
    },
  );

  it.each(publicMessageContracts.map((contract) => [contract.type, contract] as const))(
    '%s is refused without any one of the fields that it must have',
    (type, { schema }) => {
      const { data } = read(type);
      const check = ajv.compile(schema);
      const { required } = schema as { readonly required: readonly string[] };
      for (const name of required) {
        const { [name]: _, ...less } = data;
        expect({ name, taken: check(less) }).toEqual({ name, taken: false });
      }
    },
  );
});

import { createThings } from './fuzz-things';
import { SchemaValues, type Schema } from './schema-values';
import { ADMIN_KEY, dropFolder, newFolder, StandaloneProcess } from './standalone-process';

jest.setTimeout(240_000);

const ROUNDS = Number(process.env.FIDELIS_FUZZ_ROUNDS ?? 12);
const SEED = Number(process.env.FIDELIS_FUZZ_SEED ?? Date.now() % 1_000_000);

interface Operation {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** It would never end, or would lock the run out, or move the time for everybody. */
const LEFT_OUT = ['/v1/events/stream', '/v1/api-keys', '/v1/api-keys/{id}', '/v1/test-clock'];

let folder: string;
let fidelis: StandaloneProcess;
let url: string;

beforeAll(async () => {
  folder = newFolder();
  fidelis = new StandaloneProcess(folder, { FIDELIS_ADMIN_KEY: ADMIN_KEY });
  url = await fidelis.ready();
});

afterAll(async () => {
  await fidelis.end('SIGKILL');
  dropFolder(folder);
});

interface Case {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

async function send({ path, method, operation }: Case, values: SchemaValues): Promise<Response> {
  const target = path.replace(/\{\w+\}/g, () => encodeURIComponent(values.id()));
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const withKey = values.chance(0.9);
  return fetch(`${url}${target}?${queryOf(operation, values)}`, {
    method: method.toUpperCase(),
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      ...(withKey && { 'idempotency-key': `k${values.id().length}` }),
      ...(type !== undefined && { 'content-type': type }),
    },
    ...(content !== undefined && { body: bodyOf(type, content.schema, values) }),
    signal: AbortSignal.timeout(20_000),
  });
}

function queryOf({ parameters = [] }: Operation, values: SchemaValues): string {
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    if (parameter.in !== 'query' || !values.chance(0.4)) continue;
    const value = values.of(parameter.schema);
    query.set(parameter.name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return query.toString();
}

function bodyOf(type: string | undefined, schema: Schema, values: SchemaValues): string {
  if (type !== 'application/json') return '{"a":1}\n\nrubbish\n{"transactionId":"\\u0000"}\n';
  return values.chance(0.02) ? '{"a":' : JSON.stringify(values.of(schema));
}

/** What is wrong with an answer to whatever a client may send. */
async function complaintAbout(response: Response): Promise<string | undefined> {
  const text = await response.text();
  if (response.status < 400) return undefined;
  // 503 says that the outcome is not known in time, which is never the client's input.
  if (response.status >= 500) return `${response.status}: ${text}`;
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('application/problem+json')) return `${response.status} ${type}: ${text}`;
  const problem = JSON.parse(text) as { code?: unknown; status?: unknown };
  const fits = typeof problem.code === 'string' && problem.status === response.status;
  return fits ? undefined : text;
}

describe(`every operation of the reference, fuzzed (seed ${SEED}, ${ROUNDS} rounds)`, () => {
  it('answers a good status or a 4xx problem with a code, and the process lives on', async () => {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
    const values = new SchemaValues(SEED, document.components.schemas, await createThings(url));
    const cases = Object.entries(document.paths)
      .filter(([path]) => path.startsWith('/v1/') && !LEFT_OUT.includes(path))
      .flatMap(([path, operations]) =>
        Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
      );
    expect(cases.length).toBeGreaterThan(30);
    const complaints: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const one of cases) {
        const complaint = await complaintAbout(await send(one, values));
        if (complaint !== undefined) complaints.push(`${one.method} ${one.path} ${complaint}`);
      }
    }
    expect(complaints).toEqual([]);
    expect(fidelis.isAlive).toBe(true);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(fidelis.output).not.toContain('"level":"error"');
  });
});

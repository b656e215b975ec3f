import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: unknown;
}

interface Operation {
  readonly pattern: RegExp;
  readonly literals: number;
  readonly method: string;
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema?: object }> }>>;
}

interface Contract {
  readonly ajv: Ajv2020;
  readonly operations: readonly Operation[];
  readonly validators: Map<string, ValidateFunction | undefined>;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Pick<Operation, 'responses'>>>>>;
}

let contract: Promise<Contract> | undefined;

/** Throws when an answer is not what `/openapi.json` says, or an error is no problem document. */
export async function checkAnswer(url: string, seen: Seen): Promise<void> {
  if (seen.status >= 400) checkProblem(seen);
  contract ??= load(url);
  const { operations, ajv, validators } = await contract;
  const path = new URL(seen.path.startsWith('/v1') ? seen.path : `/v1${seen.path}`, url).pathname;
  const operation = operations.find(
    (candidate) => candidate.method === seen.method && candidate.pattern.test(path),
  );
  if (operation === undefined) return;
  const key = `${seen.method} ${operation.pattern.source} ${seen.status}`;
  if (!validators.has(key)) validators.set(key, compile(ajv, operation, seen.status));
  const validate = validators.get(key);
  if (validate !== undefined && !validate(seen.body)) {
    const errors = ajv.errorsText(validate.errors);
    throw new Error(`${key}: ${errors} in ${JSON.stringify(seen.body).slice(0, 500)}`);
  }
}

function checkProblem({ method, path, status, headers, body }: Seen): void {
  const type = String(headers['content-type']);
  const problem = body as { status?: unknown; code?: unknown; requestId?: unknown };
  const good =
    type.startsWith('application/problem+json') &&
    problem.status === status &&
    typeof problem.code === 'string' &&
    typeof problem.requestId === 'string';
  if (!good) throw new Error(`${method} ${path} ${status}: no problem: ${JSON.stringify(body)}`);
}

async function load(url: string): Promise<Contract> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'openapi');
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
      literals: path.replace(/\{[^}]+\}/g, '').length,
      method: method.toUpperCase(),
      responses,
    })),
  );
  // `/transactions/import` before `/transactions/{id}`.
  operations.sort((a, b) => b.literals - a.literals);
  return { ajv, operations, validators: new Map() };
}

function compile(ajv: Ajv2020, operation: Operation, status: number): ValidateFunction | undefined {
  const schema = operation.responses[String(status)]?.content?.['application/json']?.schema;
  if (schema === undefined) return undefined;
  const text = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
  return ajv.compile(JSON.parse(text) as object);
}

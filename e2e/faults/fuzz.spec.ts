import * as fc from 'fast-check';
import type { Client } from '../support/client';
import { checkAnswer } from '../support/contract';
import { Fidelis } from '../support/fidelis';
import { expectIntegrity, key } from '../support/fixtures';
import { seedOfRun } from '../support/random';
import { createThings, goodBodies, type Known } from './known-things';
import { arbitraryOf, broken, type Schema, type Sources } from './schema-arbitrary';

/** Requests to each operation: half of them fit its schema, half are broken at one place. */
const RUNS = Number(process.env['FIDELIS_FUZZ_RUNS'] ?? 60);
jest.setTimeout(60_000 + 2_000 * RUNS);

/** Of the operations: more would mean that the run only sees refusals. */
const NEVER_GOOD_MAX = 0.2;
const ANSWER_MS_MAX = 20_000;
const NASTY_IDS = ['\0', '\u000e', '\u007f', '..', 'a/b', '%', 'constructor', 'x'.repeat(300)];
/** Answers without an end. */
const LEFT_OUT = ['/v1/events/stream'];

const seed = seedOfRun('fuzz');

interface Operation {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<Record<string, { readonly 'x-codes'?: readonly string[] }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Case {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

interface Input {
  readonly ids: readonly unknown[];
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly hasKey: boolean;
}

let fidelis: Fidelis;
let client: Client;
let known: Known;
let document: Document;

beforeAll(async () => {
  fidelis = await Fidelis.start();
  client = fidelis.client();
  known = await createThings(client);
  document = (await (await fetch(`${fidelis.url}/openapi.json`)).json()) as Document;
});

afterAll(async () => {
  await client.close();
  await fidelis.dispose();
});

function casesOf({ paths }: Document): readonly Case[] {
  return Object.entries(paths)
    .filter(([path]) => !LEFT_OUT.includes(path))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
    );
}

function inputs({ path, method, operation }: Case): fc.Arbitrary<Input> {
  const sources: Sources = {
    schemas: document.components.schemas,
    known: (field) => known.get(field) ?? [],
  };
  const segments = [...path.matchAll(/([\w-]+)\/\{\w+\}/g)].map(([, segment = '']) => segment);
  const id = (segment: string): fc.Arbitrary<unknown> => {
    const nasty = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...NASTY_IDS));
    const there = sources.known(segment);
    if (there.length === 0) return nasty;
    return fc.oneof(
      { arbitrary: fc.constantFrom(...there), weight: 15 },
      { arbitrary: nasty, weight: 1 },
    );
  };
  const queries = (operation.parameters ?? []).filter((one) => one.in === 'query');
  const query = Object.fromEntries(
    queries.map(({ name, schema }) => [name, arbitraryOf(schema, sources, name)]),
  );
  const content = Object.values(operation.requestBody?.content ?? {})[0];
  const good = goodBodies(known).get(`${method} ${path}`);
  const fitting = arbitraryOf(content?.schema ?? {}, sources);
  const body = good === undefined ? fitting : fc.oneof(fitting, fc.constant(good));
  return fc.record({
    ids: fc.tuple(...segments.map(id)),
    query: fc.record(query, { requiredKeys: [] }),
    body: fc.oneof(body, broken(body)),
    hasKey: fc.nat(19).map((n) => n > 0),
  });
}

/** As it goes over the wire; what JSON cannot hold is sent as nothing. */
function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) as string | undefined);
  return text ?? '';
}

const jsonOf = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

function targetOf(path: string, { ids, query }: Input): string {
  let place = 0;
  const filled = path.replace(/\{\w+\}/g, () => pathPart(textOf(ids[place++])));
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${pathPart(textOf(value))}`);
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}

/** Half a surrogate pair has no percent-encoding; its bytes are sent all the same. */
function pathPart(text: string): string {
  return /\p{Surrogate}/u.test(text) ? '%ED%A0%80' : encodeURIComponent(text);
}

interface Seen {
  readonly status: number;
  readonly complaint?: string;
}

async function send(one: Case, input: Input): Promise<Seen> {
  const { path, operation } = one;
  const method = one.method.toUpperCase();
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  const target = targetOf(path, input);
  const answer = await withinTime(
    client.raw(method, target, {
      headers: {
        ...(input.hasKey && { 'idempotency-key': key() }),
        ...(type !== undefined && { 'content-type': type }),
      },
      ...(type !== undefined && { body: jsonOf(input.body) }),
    }),
  );
  const { status, text, headers } = answer;
  const sent = `${method} ${target} ${jsonOf(input.body)}`.slice(0, 600);
  const complaint = await complaintAbout(one, { method, path: target, status, text, headers });
  return complaint === undefined ? { status } : { status, complaint: `${complaint}\n  ${sent}` };
}

type Answered = Awaited<ReturnType<Client['raw']>> & { method: string; path: string };

async function complaintAbout(one: Case, answer: Answered): Promise<string | undefined> {
  const { status, text, headers, method, path } = answer;
  const about = `${method} ${one.path}: ${status}`;
  const ofStatus = one.operation.responses[status];
  if (isFault(answer) || (ofStatus === undefined && !isOfTheEdge(status))) {
    return `${about} must not be, in answer: ${text.slice(0, 300)}`;
  }
  if (!/[/+]json/.test(String(headers['content-type']))) {
    return status < 400 ? undefined : `${about} is no problem`;
  }
  const body = JSON.parse(text) as { code?: string };
  try {
    await checkAnswer(fidelis.url, { method, path, status, headers, body });
  } catch (error) {
    return `${about} ${(error as Error).message.slice(0, 400)}`;
  }
  return status < 400 || isDocumented(one, answer, body.code)
    ? undefined
    : `${about} ${body.code ?? ''} is not documented`;
}

function isDocumented(
  { operation }: Case,
  { status }: Answered,
  code: string | undefined,
): boolean {
  const ofStatus = operation.responses[status];
  // The router and the parser speak before the operation does.
  return ofStatus === undefined || ofStatus['x-codes']?.includes(code ?? '') === true;
}

/** Only 503 may say that it is not the client's fault, and when to come again. */
const isFault = ({ status, headers }: Answered): boolean =>
  status >= 500 && !(status === 503 && headers['retry-after'] !== undefined);

/** What the router says before there is an operation: an id may hold anything. */
const isOfTheEdge = (status: number): boolean => [400, 404, 405, 414].includes(status);

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), ANSWER_MS_MAX);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

test(`every operation answers whatever it is sent, ${RUNS} times over`, async () => {
  const cases = casesOf(document);
  expect(cases.length).toBeGreaterThan(80);
  const complaints = new Map<string, string>();
  const good = new Set<Case>();
  const statuses = new Map<number, number>();
  for (const [round, inputsOfRound] of rounds(cases).entries()) {
    for (const [one, input] of inputsOfRound) {
      const { status, complaint } = await send(one, input);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status < 400) good.add(one);
      if (complaint !== undefined) complaints.set(complaint.split(' in ')[0] ?? '', complaint);
      if (!fidelis.running) throw new Error(`round ${round} ended the process: ${one.path}`);
    }
  }
  const neverGood = cases.filter((one) => !good.has(one));
  const names = neverGood.map(({ method, path }) => `${method} ${path}`);
  process.stdout.write(
    `answers ${JSON.stringify([...statuses])}; never good: ${names.join(', ')}\n`,
  );
  expect([...complaints.values()]).toEqual([]);
  expect(neverGood.length / cases.length).toBeLessThan(NEVER_GOOD_MAX);
  expect(fidelis.log).not.toMatch(/"level":("error"|50)/);
  await expectIntegrity(client);
});

/** Each operation once a round, so that what one of them makes or ends is there for the others. */
function rounds(cases: readonly Case[]): readonly (readonly [Case, Input][])[] {
  const inputsOf = cases.map((one, index) =>
    fc.sample(inputs(one), { numRuns: RUNS, seed: seed + index }),
  );
  return Array.from({ length: RUNS }, (_, round) =>
    cases.flatMap((one, index): [Case, Input][] => {
      const input = inputsOf[index]?.[round];
      return input === undefined ? [] : [[one, input]];
    }),
  );
}

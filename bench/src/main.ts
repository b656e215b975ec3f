import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runLoad } from './load/load';
import type { LoadResult, LoadSpec } from './load/load-spec';
import { enrolMembers, type Members } from './product/fixtures';
import { importTickets } from './product/import-scenario';
import { Product } from './product/product';
import { median, printTable, type Row } from './report';
import { freePort, ServerProcess } from './server-process';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
});
const RESULTS = join(__dirname, '../results');
const SECONDS = values.quick ? 3 : 8;
const ROUNDS = Number(values.rounds ?? (values.quick ? 1 : 3));
const CONNECTIONS = values.quick ? [64] : [1, 16, 64];

async function main(): Promise<void> {
  mkdirSync(RESULTS, { recursive: true });
  const echoPort = await freePort();
  const echoUrl = `http://127.0.0.1:${echoPort}`;
  const echo = await ServerProcess.start({
    script: join(__dirname, 'echo/echo.server.js'),
    env: { PORT: String(echoPort) },
    readyUrl: echoUrl,
  });
  const product = await Product.start({ profileDir: values.profile ? RESULTS : undefined });
  try {
    const rows = await measure(echoUrl, product);
    printTable(rows);
    const file = join(RESULTS, `bench-${new Date().toISOString().replaceAll(':', '-')}.json`);
    writeFileSync(file, JSON.stringify({ at: new Date().toISOString(), rows }, null, 2));
    console.log(`\nwritten to ${file}`);
  } finally {
    await Promise.all([echo.stop(), product.stop()]);
    product.remove();
  }
}

async function measure(echoUrl: string, product: Product): Promise<Row[]> {
  const members = await enrolMembers(product, 1000);
  await product.settle();
  const rows: Row[] = [];
  rows.push(await imports(product, members));
  for (const connections of CONNECTIONS) {
    rows.push(...(await compare({ echoUrl, product, members, connections })));
  }
  await product.settle();
  const balances = await load(product.url, { kind: 'balances', connections: 64, product, members });
  rows.push(toRow('balance reads, 64 connections', [balances]));
  rows.push({ what: 'memory', note: `${product.memoryMiB} MiB resident` });
  await product.stop();
  rows.push(rebuild(product.dataDir));
  return rows;
}

/** The first one also loads and compiles the code. */
async function imports(product: Product, members: Members): Promise<Row> {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.push(await importTickets(product, members, round));
    await product.settle();
  }
  const note = `until the last point is in its stream: ${rates.join(', ')}`;
  return { what: 'import tickets', perSecond: median(rates), note };
}

interface Comparison {
  readonly echoUrl: string;
  readonly product: Product;
  readonly members: Members;
  readonly connections: number;
}

/** Echo and tickets in turn, so that both meet the same machine. */
async function compare({ echoUrl, product, members, connections }: Comparison): Promise<Row[]> {
  const echoes: LoadResult[] = [];
  const tickets: LoadResult[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await product.settle();
    echoes.push(await load(echoUrl, { kind: 'echo', connections, product, members }));
    tickets.push(await load(product.url, { kind: 'tickets', connections, product, members }));
  }
  const echo = toRow(`echo, ${connections} connections`, echoes);
  const ticket = toRow(`tickets, ${connections} connections`, tickets);
  const ratio = (ticket.perSecond ?? 0) / (echo.perSecond ?? 1);
  return [echo, { ...ticket, ratio }];
}

let runs = 0;

function load(
  url: string,
  options: Pick<LoadSpec, 'kind' | 'connections'> & { product: Product; members: Members },
): Promise<LoadResult> {
  runs += 1;
  const { kind, connections, product, members } = options;
  return runLoad({
    kind,
    connections,
    url,
    seconds: SECONDS,
    apiKey: product.apiKey,
    run: `run${runs}`,
    participants: members.externalIds,
    accounts: members.accounts,
  });
}

function toRow(what: string, results: readonly LoadResult[]): Row {
  const bad = results.reduce((sum, result) => sum + result.bad, 0);
  const firstBad = results.find((result) => result.firstBad !== undefined)?.firstBad;
  return {
    what,
    perSecond: median(results.map((result) => result.perSecond)),
    p50Ms: median(results.map((result) => result.p50Ms)),
    p99Ms: median(results.map((result) => result.p99Ms)),
    ...(bad > 0 && { note: `${bad} BAD ANSWERS, first: ${firstBad ?? ''}` }),
  };
}

/** Events per second of `fidelis rebuild` over everything that the run has stored. */
function rebuild(dataDir: string): Row {
  const cli = join(__dirname, '../../bin/fidelis.mjs');
  const started = performance.now();
  const text = execFileSync(process.execPath, [cli, 'rebuild', '--data', dataDir], {
    encoding: 'utf8',
  });
  const seconds = (performance.now() - started) / 1000;
  const events = Number(/(\d+) events/.exec(text)?.[1] ?? 0);
  return { what: 'rebuild of all views, events', perSecond: Math.round(events / seconds) };
}

void main();

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runLoad } from '../load/load';
import { enrolMembers, totalPoints, type Members } from '../product/fixtures';
import { Product } from '../product/product';
import { printTable, type Row } from '../report';
import { PosTopic } from './pos-topic';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    scales: { type: 'string', default: '1,2,4' },
  },
});
const RESULTS = join(__dirname, '../../results');
const MEMBERS = 200;
const TICKETS = values.quick ? 2000 : 6000;
const BATCH = 500;
const LATENCIES = values.quick ? 20 : 100;
const SECONDS = values.quick ? 3 : 8;
const POINTS_PER_TICKET = 10;
const ARRIVAL_MS_MAX = 300_000;

/** Tickets per second and end-to-end latency with more and more partitions and replicas. */
async function main(): Promise<void> {
  mkdirSync(RESULTS, { recursive: true });
  const rows: Row[] = [];
  for (const scale of values.scales.split(',').map(Number)) rows.push(...(await measure(scale)));
  printTable(rows);
  const at = new Date().toISOString();
  const file = join(RESULTS, `distributed-${at.replaceAll(':', '-')}.json`);
  writeFileSync(file, JSON.stringify({ at, rows }, null, 2));
  console.log(`\nwritten to ${file}`);
}

async function measure(scale: number): Promise<Row[]> {
  const product = await Product.start({
    replicas: scale,
    env: { FIDELIS_TOPIC_PARTITIONS: String(scale) },
  });
  try {
    const members = await enrolMembers(product, MEMBERS);
    await product.settle();
    const pos = await PosTopic.open(brokersOf(product));
    const name = `${scale} partition${scale > 1 ? 's' : ''} and replica${scale > 1 ? 's' : ''}`;
    const rows: Row[] = [
      { what: `topic, ${name}`, perSecond: await throughput(product, pos, members) },
      { what: `topic to points, ${name}`, ...(await latency(product, pos, members)) },
      { what: `HTTP, 16 connections, ${name}`, ...(await overHttp(product, members)) },
    ];
    await pos.close();
    await product.settle(); // integrity holds, or this throws
    return rows;
  } finally {
    await product.stop();
    product.remove();
  }
}

/** Counted until the last point is in its account's stream. */
async function throughput(product: Product, pos: PosTopic, members: Members): Promise<number> {
  const before = await totalPoints(product, members.accounts);
  const started = performance.now();
  for (let sent = 0; sent < TICKETS; sent += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, n) => memberOf(members, sent + n));
    await pos.publish(batch);
  }
  const expected = before + TICKETS * POINTS_PER_TICKET;
  const giveUpAt = started + ARRIVAL_MS_MAX;
  for (;;) {
    const total = await totalPoints(product, members.accounts);
    if (total === expected) break;
    if (total > expected) throw new Error(`${total} points instead of ${expected}`);
    if (performance.now() > giveUpAt) throw new Error(`${total} of ${expected} points arrived`);
    await sleep(50);
  }
  return Math.round((TICKETS * 1000) / (performance.now() - started));
}

/** One ticket after the other: from its publishing until its points can be spent. */
async function latency(
  product: Product,
  pos: PosTopic,
  members: Members,
): Promise<Pick<Row, 'p50Ms' | 'p99Ms'>> {
  const [participant = '', account = ''] = [members.externalIds[0], members.accounts[0]];
  const taken: number[] = [];
  let points = await totalPoints(product, [account]);
  for (let n = 0; n < LATENCIES; n += 1) {
    const started = performance.now();
    await pos.publish([participant]);
    points += POINTS_PER_TICKET;
    while ((await totalPoints(product, [account])) < points) await sleep(2);
    taken.push(performance.now() - started);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(taken[Math.floor(taken.length * share)] ?? 0);
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function overHttp(product: Product, members: Members): Promise<Omit<Row, 'what'>> {
  const result = await runLoad({
    kind: 'tickets',
    connections: 16,
    url: product.url,
    seconds: SECONDS,
    apiKey: product.apiKey,
    run: 'http',
    participants: members.externalIds,
    accounts: members.accounts,
  });
  const { perSecond, p50Ms, p99Ms, bad, firstBad } = result;
  const note = bad > 0 ? { note: `${bad} BAD ANSWERS, first: ${firstBad ?? ''}` } : {};
  return { perSecond, p50Ms, p99Ms, ...note };
}

const memberOf = ({ externalIds }: Members, n: number): string =>
  externalIds[n % externalIds.length] ?? '';

function brokersOf({ dataDir }: Product): string[] {
  const listed = JSON.parse(readFileSync(join(dataDir, 'processes.json'), 'utf8')) as readonly {
    readonly name: string;
    readonly url: string;
  }[];
  const kafka = listed.find(({ name }) => name === 'kafka');
  if (kafka === undefined) throw new Error('no Kafka runs');
  return [kafka.url.replace('kafka://', '')];
}

void main();

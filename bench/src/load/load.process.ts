import autocannon from 'autocannon';
import type { LoadResult, LoadSpec } from './load-spec';

type NextRequest = () => { readonly method: 'GET' | 'POST'; path: string; body?: string };

const OCCURRED_AT = '2026-11-22T10:00:00.000Z';

function echoRequests(spec: LoadSpec): NextRequest {
  let n = 0;
  return () => {
    n += 1;
    const body = JSON.stringify({
      id: `${spec.run}-${n}`,
      source: 'bench',
      participant: `p-${n % 1000}`,
      total: 1000 + (n % 5000),
      currency: 'EUR',
      occurredAt: OCCURRED_AT,
      simulated: false,
    });
    return { method: 'POST', path: '/echo', body };
  };
}

function ticketRequests(spec: LoadSpec): NextRequest {
  let n = 0;
  return () => {
    n += 1;
    const total = 1000 + (n % 5000);
    const body = JSON.stringify({
      transactionId: `${spec.run}-${n}`,
      source: 'bench',
      participant: { externalId: spec.participants[n % spec.participants.length] },
      occurredAt: OCCURRED_AT,
      currency: 'EUR',
      total,
      lines: [{ lineId: '1', sku: 'A1', quantity: 1, unitPrice: total, amount: total }],
    });
    return { method: 'POST', path: '/v1/transactions', body };
  };
}

function balanceRequests(spec: LoadSpec): NextRequest {
  let n = 0;
  return () => {
    n += 1;
    const account = spec.accounts[n % spec.accounts.length] ?? '';
    return { method: 'GET', path: `/v1/accounts/${encodeURIComponent(account)}/balance` };
  };
}

const KINDS = {
  echo: { next: echoRequests, isGood: (status: number) => status === 201 },
  tickets: {
    next: ticketRequests,
    isGood: (status: number, body: string) => status === 201 && body.includes('"credited":true'),
  },
  balances: { next: balanceRequests, isGood: (status: number) => status === 200 },
} as const;

async function run(spec: LoadSpec): Promise<LoadResult> {
  const kind = KINDS[spec.kind];
  const next = kind.next(spec);
  let good = 0;
  let bad = 0;
  let firstBad: string | undefined;
  const result = await autocannon({
    url: spec.url,
    connections: spec.connections,
    duration: spec.seconds,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${spec.apiKey}` },
    requests: [
      {
        setupRequest: (request) => ({ ...request, ...next() }),
        onResponse: (status, body) => {
          if (kind.isGood(status, body)) good += 1;
          else {
            bad += 1;
            firstBad ??= `${status} ${body.slice(0, 300)}`;
          }
        },
      },
    ],
  });
  return {
    perSecond: Math.round(good / result.duration),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    good,
    bad,
    ...(firstBad !== undefined && { firstBad }),
  };
}

process.on('message', (spec: LoadSpec) => {
  void run(spec).then((result) => {
    process.send?.(result);
    process.disconnect();
  });
});

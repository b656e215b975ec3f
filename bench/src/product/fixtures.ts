import type { Product } from './product';

export interface Members {
  readonly externalIds: readonly string[];
  readonly accounts: readonly string[];
}

/** One programme with one tier, 1 point per 1.00, and this many members. */
export async function enrolMembers(product: Product, members: number): Promise<Members> {
  await product.post('/v1/programs', {
    id: 'bench',
    name: 'Bench',
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    validFrom: '2020-01-01',
    autoEnrol: true,
    tiers: [{ code: 'base', name: 'Base', threshold: 0, earn: { points: 1, per: 100 } }],
    redeem: { points: 1, worth: 1 },
  });
  const externalIds = Array.from({ length: members }, (_, n) => `member-${n}`);
  const lines = externalIds.map((externalId) => JSON.stringify({ externalId, name: externalId }));
  await (
    await product.post('/v1/participants/import', lines.join('\n'), 'application/x-ndjson')
  ).text();
  const accounts: string[] = [];
  for (const externalId of externalIds) {
    const participant = await product.get<{ accounts: { id: string }[] }>(
      `/v1/participants/ext:${externalId}`,
    );
    const account = participant.accounts[0];
    if (account === undefined) throw new Error(`${externalId} has no account`);
    accounts.push(account.id);
  }
  return { externalIds, accounts };
}

/** Points of all these accounts together, as their own streams say. */
export async function totalPoints(product: Product, accounts: readonly string[]): Promise<number> {
  let total = 0;
  for (const account of accounts) {
    total += (await product.get<{ total: number }>(`/v1/accounts/${account}/balance`)).total;
  }
  return total;
}

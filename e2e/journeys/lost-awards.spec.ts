import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Client } from '../support/client';
import { runCommand } from '../support/command-line';
import { Fidelis } from '../support/fidelis';
import { balanceOf, EUR_PROGRAM, expectIntegrity, register, ticket } from '../support/fixtures';

const NOW = '2026-11-22T10:00:00Z';
const LATER = '2026-11-22T12:00:00Z';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

interface LastEvent {
  readonly position: number;
  readonly previous: number;
  readonly type: string;
}

describe('a recorded ticket whose award is lost', () => {
  let fidelis: Fidelis;
  let client: Client;

  beforeAll(async () => {
    fidelis = await Fidelis.start({ env: { FIDELIS_TEST_CLOCK: '1' } });
    client = fidelis.client();
    await client.put('/test-clock', { now: NOW });
    expect((await client.post('/programs', EUR_PROGRAM)).status).toBe(201);
    await register(client, 'ann');
  });
  afterAll(async () => {
    await client.close();
    await fidelis.dispose();
  });

  const post = async (id: string, total: number, externalId?: string): Promise<number> => {
    const participant = externalId === undefined ? {} : { participant: { externalId } };
    return (await client.post('/transactions', ticket(id, total, participant))).status;
  };

  const checks = async (): Promise<readonly Check[]> => {
    const { status, body } = await client.get<{ checks: readonly Check[] }>(
      '/reconciliation/integrity',
    );
    expect(status).toBe(200);
    return body.checks;
  };

  /** As if the last event of this stream had never been written. */
  const forgetLast = (stream: string): string => {
    const db = new Database(join(fidelis.dataDir, 'events.db'));
    const last = db
      .prepare('SELECT * FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1')
      .get(stream) as LastEvent;
    db.prepare('DELETE FROM events WHERE position = ?').run(last.position);
    db.prepare('UPDATE streams SET revision = revision - 1, position = ? WHERE name = ?').run(
      ...[last.previous, stream],
    );
    db.close();
    return last.type;
  };

  test('others are no reason to worry: of nothing, of nobody, returned, cancelled', async () => {
    // 0.99 are no point, at 1 point per 1.00.
    expect(await post('nothing', 99, 'ann')).toBe(201);
    expect(await post('anonymous', 500)).toBe(201);
    for (const id of ['kept', 'returned', 'cancelled']) {
      expect(await post(id, 500, 'ann')).toBe(201);
    }
    const all = { returnId: 'r-1', full: true };
    expect((await client.post('/transactions/returned/returns', all)).status).toBe(201);
    const mistake = { reason: 'mistake' };
    expect((await client.post('/transactions/cancelled/cancel', mistake)).status).toBe(200);
    expect(await checks()).toContainEqual({
      ...{ name: 'tickets', ok: true, detail: 'all 5 tickets awarded in their memberships' },
    });
  });

  test('is named with its membership, and well again when the award is there', async () => {
    const { accountId } = await register(client, 'bob');
    expect(await post('lost', 900, 'bob')).toBe(201);
    // Waits until whoever completes tickets is done with this one. Nobody looks at it again.
    await client.put('/test-clock', { now: LATER });
    expect(await post('next', 500, 'ann')).toBe(201);
    await fidelis.stop();
    expect(forgetLast(`membership-${accountId}`)).toBe('TicketAwarded');

    const args = ['verify', '--data', fidelis.dataDir];
    const { code, output } = await runCommand(args, { cwd: fidelis.dataDir }).ended;
    expect(code).toBe(1);
    expect(output).toContain(`award-missing: membership ${accountId} never awarded pos-7:lost`);

    await fidelis.begin();
    const failed = (await checks()).filter(({ ok }) => !ok);
    expect(failed).toEqual([
      {
        ...{ name: 'tickets', ok: false },
        detail: `pos-7:lost: membership ${accountId} has no award of it`,
      },
    ]);

    expect(await post('lost', 900, 'bob')).toBe(200);
    await expectIntegrity(client);
    expect(await balanceOf(client, accountId)).toMatchObject({ available: 9, total: 9 });
  });
});

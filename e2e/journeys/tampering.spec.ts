import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { runCommand, startImport, type Ended } from '../support/command-line';
import { Fidelis } from '../support/fidelis';
import { EUR_PROGRAM, expectIntegrity } from '../support/fixtures';

const SAMPLE = join(__dirname, '../../samples/cdnow-sample.csv');

interface Place {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
}

describe('somebody has changed the files of a stopped Fidelis', () => {
  let fidelis: Fidelis;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fidelis-tampering-'));
    fidelis = await Fidelis.start();
    const client = fidelis.client();
    await client.post('/programs', EUR_PROGRAM);
    const { ended } = startImport(fidelis, [SAMPLE, '--format', 'cdnow'], folder);
    expect((await ended).code).toBe(0);
    // Waits until the accounts have all their points.
    await expectIntegrity(client);
    await client.close();
    await fidelis.stop();
  });
  afterEach(async () => {
    await fidelis.dispose();
    rmSync(folder, { recursive: true });
  });

  const offline = (command: string): Promise<Ended> =>
    runCommand([command, '--data', fidelis.dataDir], { cwd: folder }).ended;

  const withFile = <T>(file: string, change: (db: Database.Database) => T): T => {
    const db = new Database(join(fidelis.dataDir, file));
    try {
      return change(db);
    } finally {
      db.close();
    }
  };

  test('verify names the stream, revision and event whose points were changed', async () => {
    const { stream, revision, id } = withFile('events.db', (db) => {
      const place = db
        .prepare("SELECT * FROM events WHERE stream LIKE 'account-%' AND revision > 0 LIMIT 1")
        .get() as Place;
      db.prepare(`UPDATE events SET data = json_set(data, '$.more', 1) WHERE id = ?`).run(place.id);
      return place;
    });
    const verified = await offline('verify');
    expect(verified.code).toBe(1);
    expect(verified.output).toContain(`${stream} revision ${revision} event ${id}: hash-mismatch`);
    expect(verified.lastLine).toMatch(/^NOT SOUND: /);
  });

  test('verify names the stream that misses an event', async () => {
    const { stream } = withFile('events.db', (db) => {
      const first = db
        .prepare("SELECT * FROM events WHERE stream LIKE 'account-%' AND revision = 0 LIMIT 1")
        .get() as Place;
      db.prepare('DELETE FROM events WHERE id = ?').run(first.id);
      return first;
    });
    const verified = await offline('verify');
    expect([verified.code, verified.output]).toEqual([1, expect.stringContaining(stream)]);
  });

  test('rebuild tells which view said something else, and mends it', async () => {
    withFile('accounts.views.db', (db) => {
      const { changes } = db
        .prepare(
          'DELETE FROM account_entries WHERE rowid = (SELECT min(rowid) FROM account_entries)',
        )
        .run();
      expect(changes).toBe(1);
    });
    // 200 tickets, 8 of them of nothing: 192 entries, less the one that is gone.
    const first = await offline('rebuild');
    expect([first.code, first.output]).toEqual([
      1,
      expect.stringContaining('accounts entries: was 191 rows'),
    ]);
    expect((await offline('rebuild')).code).toBe(0);
  });
});

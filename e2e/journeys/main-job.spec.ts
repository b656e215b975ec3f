import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../support/client';
import { runCommand, startImport, type Ended } from '../support/command-line';
import { Fidelis } from '../support/fidelis';
import { EUR_PROGRAM, expectIntegrity } from '../support/fixtures';

const SAMPLES = join(__dirname, '../../samples');
/** Real files beside the repository; their numbers below were counted with awk. */
const SHARED = join(__dirname, '../../../shared/data');
/** The whole of CDNOW twice, on a machine that does other things too. */
const LONG_MS = 900_000;

interface RollForward {
  readonly earned: number;
  readonly closing: number;
  readonly accountsTotal: number;
  readonly debt: number;
}

const hasShared = existsSync(SHARED);
if (!hasShared) console.warn(`skipped: journeys of the real files, ${SHARED} is absent`);

describe('the main job: tickets of a file become points', () => {
  let fidelis: Fidelis;
  let client: Client;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fidelis-main-job-'));
    fidelis = await Fidelis.start();
    client = fidelis.client();
  });
  afterEach(async () => {
    await client.close();
    await fidelis.dispose();
    rmSync(folder, { recursive: true });
  });

  const found = async (program: object): Promise<void> => {
    expect((await client.post('/programs', program)).status).toBe(201);
  };

  const importFile = (...args: readonly string[]): Promise<Ended> =>
    startImport(fidelis, args, folder).ended;

  /** What finance says of all accounts, once every award has arrived. */
  const rollForward = async (programId = EUR_PROGRAM.id): Promise<RollForward> => {
    await settled();
    const { status, body } = await client.get<RollForward>(
      `/reconciliation/roll-forward?programId=${programId}`,
    );
    expect(status).toBe(200);
    return body;
  };

  /** Integrity waits until awards are credited, at most 30 s; a large import may take longer. */
  const settled = async (): Promise<void> => {
    const giveUpAt = Date.now() + LONG_MS / 3;
    while ((await client.get('/reconciliation/integrity')).status === 503) {
      if (Date.now() > giveUpAt) throw new Error('the system did not come to rest');
      await sleep(500);
    }
    await expectIntegrity(client);
  };

  /** Kills the server as soon as something is there, and starts it again. */
  const killOnceThereIs = async (path: string): Promise<void> => {
    while ((await client.get(path)).status !== 200) await sleep(5);
    await fidelis.kill9();
    await fidelis.begin();
  };

  const expectSoundOffline = async (): Promise<void> => {
    await fidelis.stop();
    const verified = await runCommand(['verify', '--data', fidelis.dataDir], { cwd: folder }).ended;
    expect(verified.output).toMatch(/^sound: \d+ events/m);
    expect(verified.code).toBe(0);
    const rebuilt = await runCommand(['rebuild', '--data', fidelis.dataDir], { cwd: folder }).ended;
    expect(rebuilt.lastLine).toMatch(/^rebuilt \d+ views from \d+ events$/);
    expect(rebuilt.code).toBe(0);
  };

  test('the samples count once, are sound, and their views can be built again', async () => {
    await found(EUR_PROGRAM);
    const cdnow = [join(SAMPLES, 'cdnow-sample.csv'), '--format', 'cdnow'];
    const ndjson = [join(SAMPLES, 'tickets-sample.ndjson'), '--format', 'ndjson'];
    expect(await importFile(...cdnow)).toMatchObject({
      code: 0,
      lastLine: 'read 200 = accepted 200 + duplicate 0 + rejected 0',
    });
    expect(await importFile(...ndjson)).toMatchObject({
      code: 0,
      lastLine: 'read 40 = accepted 40 + duplicate 0 + rejected 0',
    });
    const retail = [join(SAMPLES, 'online-retail-sample.csv'), '--format', 'online-retail'];
    expect(await importFile(...retail)).toMatchObject({
      code: 2,
      lastLine: 'read 9 = accepted 8 + duplicate 0 + rejected 1',
    });
    // Counted with awk, rounded down ticket by ticket: 7,592 and 1,223; and by hand
    // 30 + 27 + 29 + 45 + 55 + 19 + 2 = 207.
    expect(await rollForward()).toMatchObject({ earned: 9022, accountsTotal: 9022, debt: 0 });
    expect(await importFile(...cdnow)).toMatchObject({
      code: 0,
      lastLine: 'read 200 = accepted 0 + duplicate 200 + rejected 0',
    });
    expect((await importFile(...ndjson)).lastLine).toBe(
      'read 40 = accepted 0 + duplicate 40 + rejected 0',
    );
    expect(await rollForward()).toMatchObject({ earned: 9022, accountsTotal: 9022 });
    // The customer of line 2 and 3 of the sample, and whoever else is 00001.
    const { status } = await client.get('/participants/ext:00001');
    expect(status).toBe(200);
    await expectSoundOffline();
  });

  test('an import says why it cannot run', async () => {
    const sample = [join(SAMPLES, 'cdnow-sample.csv'), '--format', 'cdnow'];
    const without = await importFile(...sample);
    expect([without.code, without.output]).toEqual([
      1,
      expect.stringContaining('there is no programme yet'),
    ]);
    const wrongKey = await runCommand(['import-tickets', ...sample], {
      cwd: folder,
      env: { FIDELIS_URL: fidelis.url, FIDELIS_API_KEY: 'not-a-key' },
    }).ended;
    expect([wrongKey.code, wrongKey.output]).toEqual([
      1,
      expect.stringContaining('refuses the key in FIDELIS_API_KEY'),
    ]);
    const noKey = await runCommand(['import-tickets', ...sample], { cwd: folder }).ended;
    expect([noKey.code, noKey.output]).toEqual([
      1,
      expect.stringContaining('FIDELIS_API_KEY is not set'),
    ]);
    await fidelis.stop();
    const away = await importFile(...sample);
    expect([away.code, away.output]).toEqual([1, expect.stringContaining('Is Fidelis running?')]);
  });

  test('rebuilding needs the data folder for itself, verifying does not', async () => {
    const rebuilt = await runCommand(['rebuild', '--data', fidelis.dataDir], { cwd: folder }).ended;
    expect([rebuilt.code, rebuilt.output]).toEqual([
      1,
      expect.stringContaining('stop the server first'),
    ]);
    const verified = await runCommand(['verify', '--data', fidelis.dataDir], { cwd: folder }).ended;
    expect(verified.code).toBe(0);
    const nothing = await runCommand(['verify', '--data', folder], { cwd: folder }).ended;
    expect([nothing.code, nothing.output]).toEqual([
      1,
      expect.stringContaining('there is no event store'),
    ]);
  });

  test('a server killed in mid-import: started again, the import goes on and counts once', async () => {
    await found(EUR_PROGRAM);
    const run = startImport(
      fidelis,
      [join(SAMPLES, 'cdnow-sample.csv'), '--format', 'cdnow'],
      folder,
    );
    await killOnceThereIs('/participants/ext:00001');
    const ended = await run.ended;
    const again = await importFile(join(SAMPLES, 'cdnow-sample.csv'), '--format', 'cdnow');
    expect([ended.code, again.code]).toEqual([0, 0]);
    expect(again.lastLine).toBe('read 200 = accepted 0 + duplicate 200 + rejected 0');
    expect(await rollForward()).toMatchObject({ earned: 7592, accountsTotal: 7592, debt: 0 });
    await expectSoundOffline();
  });

  (hasShared ? describe : describe.skip)('with real files', () => {
    test(
      'CDNOW: 69,659 purchases, killed on the way, are 2,453,159 points',
      async () => {
        await found(EUR_PROGRAM);
        const args = [join(SHARED, 'cdnow.csv'), '--format', 'cdnow'];
        const run = startImport(fidelis, args, folder);
        // About a third of the file.
        await killOnceThereIs('/transactions/cdnow.csv:cdnow-23000');
        const first = await run.ended;
        expect([first.code, first.lastLine]).toEqual([
          0,
          expect.stringMatching(/^read 69659 = accepted \d+ \+ duplicate \d+ \+ rejected 0$/),
        ]);
        const again = await importFile(...args);
        expect([again.code, again.lastLine]).toEqual([
          0,
          'read 69659 = accepted 0 + duplicate 69659 + rejected 0',
        ]);
        // Σ floor(amount) over all lines of the file.
        expect(await rollForward()).toMatchObject({
          earned: 2_453_159,
          closing: 2_453_159,
          accountsTotal: 2_453_159,
          debt: 0,
        });
        await expectSoundOffline();
      },
      LONG_MS,
    );

    test(
      'Online Retail: 43 cancellations without their tickets are refused, nothing is dropped',
      async () => {
        await found({ ...EUR_PROGRAM, id: 'uk', currency: 'GBP', validFrom: '2010-01-01' });
        const errors = join(folder, 'refused.ndjson');
        const args = [
          ...[join(SHARED, 'online-retail.csv'), '--format', 'online-retail'],
          ...['--errors', errors],
        ];
        const first = await importFile(...args);
        expect([first.code, first.lastLine]).toEqual([
          2,
          'read 512 = accepted 469 + duplicate 0 + rejected 43',
        ]);
        const refused = readFileSync(errors, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { transactionId: string; reason: string });
        expect(refused).toHaveLength(43);
        expect(refused.every(({ transactionId }) => transactionId.startsWith('C'))).toBe(true);
        expect(new Set(refused.map(({ reason }) => reason))).toEqual(
          new Set(['return_without_original']),
        );
        expect((await importFile(...args)).lastLine).toBe(
          'read 512 = accepted 0 + duplicate 469 + rejected 43',
        );
        expect(await rollForward('uk')).toMatchObject({ earned: 148_024, accountsTotal: 148_024 });
        await expectSoundOffline();
      },
      LONG_MS,
    );
  });
});

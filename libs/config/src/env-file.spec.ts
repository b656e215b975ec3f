import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvFile } from './env-file';
import { readSettings } from './read-settings';

describe('an .env file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-env-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('sets what the environment does not', () => {
    const file = join(folder, '.env');
    writeFileSync(file, '# port\nFIDELIS_PORT=9001\nFIDELIS_HOST="0.0.0.0"\nFIDELIS_REPLICAS=\n');
    const environment = { FIDELIS_HOST: '127.0.0.2' };
    readEnvFile(environment, file);
    expect(readSettings(environment)).toMatchObject({
      port: 9001,
      host: '127.0.0.2',
      replicas: 1,
    });
  });

  it('need not be there', () => {
    const environment = {};
    readEnvFile(environment, join(folder, 'nothing'));
    expect(environment).toEqual({});
  });
});

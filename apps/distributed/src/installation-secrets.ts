import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Settings } from '@fidelis/config';

const SECRET_BYTES = 32;
const ADMIN_KEY = 'FIDELIS_ADMIN_KEY';

/** What all processes of one installation share. */
const names = {
  internalSecret: 'FIDELIS_INTERNAL_SECRET',
  deadLettersKey: 'FIDELIS_DEAD_LETTERS_KEY',
  personalDataKey: 'FIDELIS_PERSONAL_DATA_KEY',
  vendorSecretsKey: 'FIDELIS_VENDOR_SECRETS_KEY',
} as const satisfies Partial<Record<keyof Settings, string>>;

type Secrets = Readonly<Record<string, string>>;

export interface InstallationSecrets {
  /** By environment variable. */
  readonly environment: Secrets;
  /** The first admin key of this folder, until it was shown; afterwards only its hash is kept. */
  readonly newAdminKey: string | undefined;
  /** It was shown, and the gateways know it. */
  forgetAdminKey(): void;
}

/** Those that the settings give, the others from the data folder, made at the first start. */
export function installationSecrets(dataDir: string, settings: Settings): InstallationSecrets {
  const file = join(dataDir, 'secrets.json');
  const { [ADMIN_KEY]: newAdminKey, ...kept } = readSecrets(file) ?? makeSecrets(file, settings);
  const given = Object.entries(names).flatMap(([setting, variable]) => {
    const value = settings[setting as keyof typeof names];
    return value === undefined ? [] : [[variable, value]];
  });
  return {
    environment: { ...kept, ...(Object.fromEntries(given) as Secrets) },
    newAdminKey,
    forgetAdminKey: () => {
      if (newAdminKey !== undefined) writeSecrets(file, kept);
    },
  };
}

function readSecrets(file: string): Secrets | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function makeSecrets(file: string, settings: Settings): Secrets {
  const secrets = Object.fromEntries(Object.values(names).map((name) => [name, newSecret()]));
  if (settings.adminKey === undefined) secrets[ADMIN_KEY] = `fid_${newSecret()}`;
  writeSecrets(file, secrets);
  return secrets;
}

/** On the disk before they are used: what is sealed with a lost key is lost. */
function writeSecrets(file: string, secrets: Secrets): void {
  const partial = `${file}.partial`;
  writeFileSync(partial, JSON.stringify(secrets, undefined, 2), { mode: 0o600, flush: true });
  renameSync(partial, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

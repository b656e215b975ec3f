import type { Setting } from './setting';
import { settings } from './settings';

type Declared = typeof settings;
export type Settings = {
  readonly [Name in keyof Declared]: Declared[Name] extends Setting<infer T> ? T : never;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** sysexits.h: the configuration is wrong. Supervisors need not try again. */
export const EXIT_CONFIGURATION = 78;

/** Everything that is wrong with the environment, not only the first of it. */
export class ConfigurationError extends Error {
  constructor(readonly errors: readonly string[]) {
    super(errors.join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** Throws `ConfigurationError` with all errors at once. */
export function readSettings(environment: Environment): Settings {
  const errors: string[] = [];
  const read = Object.entries(settings).map(([name, setting]) => {
    const given = environment[setting.variable];
    if (given === undefined || given === '') return [name, setting.fallback];
    const value = (setting as Setting<unknown>).parse(given);
    if (value === undefined) errors.push(errorOf(setting, given));
    return [name, value];
  });
  if (errors.length > 0) throw new ConfigurationError(errors);
  return Object.fromEntries(read) as Settings;
}

/** For `main.ts`: prints what is wrong and ends the process with 78. */
export function settingsOrExit(
  environment: Environment,
  check: (settings: Settings) => void = () => undefined,
): Settings {
  try {
    const settings = readSettings(environment);
    check(settings);
    return settings;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`The configuration is wrong:\n${list(error.errors)}`);
    process.exit(EXIT_CONFIGURATION);
  }
}

function errorOf(setting: Setting<unknown>, given: string): string {
  const shown = setting.secret === true ? 'what is set' : JSON.stringify(given);
  return `${setting.variable} must be ${setting.allowed}, not ${shown}`;
}

const list = (errors: readonly string[]): string => errors.map((line) => `  ${line}\n`).join('');

import { foreignVariables } from './foreign-variables';
import type { Setting } from './setting';
import { settings } from './settings';

const all: readonly Setting<unknown>[] = Object.values(settings);

/** `.env.example`: every setting, commented out, with its default. */
export function toEnvExample(): string {
  const blocks = all.map(
    (setting) =>
      `# ${setting.docs}\n# ${sentence(setting.allowed)}\n# ${setting.variable}=${shown(setting)}\n`,
  );
  const foreign = foreignVariables.map(
    ({ variable, fallback, reader, docs }) =>
      `# ${docs}\n# Read by ${reader}.\n# ${variable}=${fallback}\n`,
  );
  const head =
    '# Copy to .env in the folder from which Fidelis is started, or export: what is exported wins.\n' +
    '# An empty value counts as not set.\n';
  return [head, ...blocks, ...foreign].join('\n');
}

/** docs/reference/configuration.md */
export function toConfigurationReference(): string {
  const rows = all.map(
    (setting) =>
      `| \`${setting.variable}\` | ${defaultOf(setting)} | ${sentence(setting.allowed)} | ${setting.docs} |`,
  );
  return [
    '# Configuration',
    '',
    'Generated from `libs/config/src/settings.ts` by `npm run docs`. Settings are environment',
    'variables, or stand in a file `.env` in the folder from which Fidelis is started; what the environment',
    'has wins. An empty one counts as not set. All errors are reported at once, with exit code 78.',
    '',
    '| variable | default | may be | what it does |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## Read by others',
    '',
    '| variable | default | read by | what it does |',
    '|---|---|---|---|',
    ...foreignVariables.map(
      ({ variable, fallback, reader, docs }) =>
        `| \`${variable}\` | ${fallback === '' ? 'none' : `\`${fallback}\``} | ${reader} | ${docs} |`,
    ),
    '',
  ].join('\n');
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

function shown({ fallback }: Setting<unknown>): string {
  if (fallback === undefined) return '';
  return typeof fallback === 'boolean'
    ? String(Number(fallback))
    : `${fallback as string | number}`;
}

function defaultOf(setting: Setting<unknown>): string {
  const text = shown(setting);
  return text === '' ? 'none' : `\`${text}\``;
}

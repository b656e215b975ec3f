import type { Setting } from './setting';
import { settings } from './settings';

const all: readonly Setting<unknown>[] = Object.values(settings);

/** `.env.example`: every setting, commented out, with its default. */
export function toEnvExample(): string {
  const blocks = all.map(
    (setting) =>
      `# ${setting.docs}\n# ${sentence(setting.allowed)}\n# ${setting.variable}=${shown(setting)}\n`,
  );
  return `# Copy to .env or export. An empty value counts as not set.\n\n${blocks.join('\n')}`;
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
    'variables; an empty one counts as not set. All errors are reported at once, with exit code 78.',
    '',
    '| variable | default | may be | what it does |',
    '|---|---|---|---|',
    ...rows,
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

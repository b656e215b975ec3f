import type { Settings } from '@fidelis/config';
import type { Running } from './start';

/** What a newcomer sees: where it is, the key (once), and three things to try. */
export function announcement(running: Running, settings: Settings): string {
  const { url, generatedAdminKey } = running;
  const key = '"Authorization: Bearer $FIDELIS_API_KEY"';
  const json = '-H "Content-Type: application/json"';
  return [
    `Fidelis is ready at ${url}  (data in ${settings.dataDir}, reference at ${url}/docs)`,
    ...keyLines(generatedAdminKey, settings.adminKey !== undefined),
    'Try:',
    `  curl -H ${key} ${url}/v1/programs`,
    `  curl -H ${key} ${json} ${url}/v1/participants -d '{"externalId":"17850","name":"Ann"}'`,
    `  curl -H ${key} ${url}/v1/participants/ext:17850`,
    '',
  ].join('\n');
}

function keyLines(generated: string | undefined, configured: boolean): readonly string[] {
  if (generated !== undefined) {
    return [`Admin key, shown this once: ${generated}`, `  export FIDELIS_API_KEY=${generated}`];
  }
  return configured
    ? ['  export FIDELIS_API_KEY=$FIDELIS_ADMIN_KEY']
    : ['The admin key is the one that was shown at the first start.'];
}

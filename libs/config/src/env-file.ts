import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/**
 * Takes in `.env` of the working folder, where there is one. What is set already stands, also when
 * it is set to nothing. Call it before anything reads the environment.
 */
export function readEnvFile(environment: NodeJS.ProcessEnv = process.env, file = '.env'): void {
  if (!existsSync(file)) return;
  const given = parseEnv(readFileSync(file, 'utf8'));
  for (const [variable, value] of Object.entries(given)) environment[variable] ??= value;
}

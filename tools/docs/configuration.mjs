// `.env.example` and the configuration reference, from the settings' own declarations.
import { createRequire } from 'node:module';

// The packages emit CommonJS behind `export *`, whose names an ESM import cannot see.
const { toConfigurationReference, toEnvExample } = createRequire(import.meta.url)(
  '@fidelis/config',
);

export const generate = async () => ({
  '.env.example': toEnvExample(),
  'docs/reference/configuration.md': toConfigurationReference(),
});

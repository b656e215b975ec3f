// `.env.example` and the configuration reference, from the settings' own declarations.
import { toConfigurationReference, toEnvExample } from '@fidelis/config';

export const generate = async () => ({
  '.env.example': toEnvExample(),
  'docs/reference/configuration.md': toConfigurationReference(),
});

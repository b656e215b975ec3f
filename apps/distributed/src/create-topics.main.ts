import { checkBrokers, readEnvFile, settingsOrExit } from '@fidelis/config';
import { createPublicTopics } from './public-topics';

/** A step of an installation, before its services start. Done again it changes nothing. */
async function main(): Promise<void> {
  readEnvFile();
  const settings = settingsOrExit(process.env, checkBrokers);
  try {
    const created = await createPublicTopics(settings);
    for (const topic of created) console.log(`created ${topic}`);
    console.log(`${created.length} topics created; those that existed are as they were`);
  } catch (error) {
    console.error('The topics cannot be created:', error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

void main();

import 'reflect-metadata';
import { readConfig } from './sandbox.config';
import { startSandboxVendor } from './start';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const app = await startSandboxVendor(config);
  process.stdout.write(`Sandbox vendor "${config.vendorId}" on ${await app.getUrl()}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`The sandbox vendor cannot start: ${String(error)}\n`);
  process.exit(1);
});

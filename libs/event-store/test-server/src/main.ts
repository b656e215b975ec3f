import { parseArgs } from 'node:util';
import { openControlPort } from './control-port';
import { EventStoreTestServer } from './event-store-test-server';

/** `main.js --dir D [--port P] [--control-port C]`: the server as a process; survives `kill -9`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      port: { type: 'string', default: '2113' },
      'control-port': { type: 'string', default: '0' },
    },
  });
  if (values.dir === undefined) throw new Error('--dir is missing: the folder of the data');
  const server = await EventStoreTestServer.start({
    folder: values.dir,
    port: Number(values.port),
  });
  const control = await openControlPort(server, Number(values['control-port']));
  process.stdout.write(`ready ${server.url}\n`);
  const stop = (): void => {
    control.closeAllConnections();
    control.close();
    void server.stop();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
});

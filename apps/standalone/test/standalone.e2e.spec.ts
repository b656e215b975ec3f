import { createServer } from 'node:net';
import { ADMIN_KEY, dropFolder, newFolder, StandaloneProcess } from './standalone-process';

jest.setTimeout(60_000);

let folder: string;
let processes: StandaloneProcess[];

beforeEach(() => {
  folder = newFolder();
  processes = [];
});

afterEach(async () => {
  await Promise.all(processes.filter(({ isAlive }) => isAlive).map((one) => one.end('SIGKILL')));
  dropFolder(folder);
});

function run(environment: Readonly<Record<string, string>> = {}): StandaloneProcess {
  const started = new StandaloneProcess(folder, environment);
  processes.push(started);
  return started;
}

const keysAt = (url: string, key: string) =>
  fetch(`${url}/v1/api-keys`, { headers: { authorization: `Bearer ${key}` } });

describe('the embedded host', () => {
  it('prints its address, the generated admin key once, and three lines to try', async () => {
    const first = run();
    const url = await first.ready();
    const key = /shown this once: (\S+)/.exec(first.output)?.[1] ?? '';
    expect((await keysAt(url, key)).status).toBe(200);
    expect(first.output.match(/^ {2}curl /gm)).toHaveLength(3);
    expect(await first.end('SIGINT')).toBe(0);
    const second = run();
    expect((await keysAt(await second.ready(), key)).status).toBe(200);
    expect(second.output).not.toContain(key);
  });

  it('refuses a second process on the folder, also after a kill -9 of the first', async () => {
    const environment = { FIDELIS_ADMIN_KEY: ADMIN_KEY };
    const first = run(environment);
    await first.ready();
    const second = run(environment);
    expect(await second.exit()).toBe(1);
    expect(second.output).toContain('is in use by another process');
    await first.end('SIGKILL');
    const third = run(environment);
    await third.ready();
    expect(await third.end('SIGTERM')).toBe(0);
  });

  it('ends at once on Ctrl-C, with clients of the event stream connected', async () => {
    const first = run({ FIDELIS_ADMIN_KEY: ADMIN_KEY });
    const url = await first.ready();
    const stream = await fetch(`${url}/v1/events/stream`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    expect(stream.status).toBe(200);
    const asked = performance.now();
    expect(await first.end('SIGINT')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5000);
    await stream.body?.cancel().catch(() => undefined);
  });

  it('says which port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const first = run({ FIDELIS_PORT: String(port) });
    expect(await first.exit()).toBe(1);
    expect(first.output).toContain('Set FIDELIS_PORT to another port');
    other.close();
  });

  it('names everything that is wrong with the configuration and exits with 78', async () => {
    const first = run({
      FIDELIS_PORT: 'high',
      EVENT_STORE_URL: 'mysql://x',
      FIDELIS_ADMIN_KEY: 'a',
    });
    expect(await first.exit()).toBe(78);
    expect(first.output.match(/ must be /g)).toHaveLength(3);
  });
});

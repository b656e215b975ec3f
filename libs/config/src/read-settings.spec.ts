import { toConfigurationReference, toEnvExample } from './documents';
import { ConfigurationError, readSettings } from './read-settings';

describe('the settings', () => {
  it('have defaults that run on this machine without anything set', () => {
    expect(readSettings({})).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      dataDir: './data',
      adminKey: undefined,
      testClock: false,
      creditWaitMs: 2000,
      serviceCalls: 'direct',
      requestsPerSecondMax: undefined,
    });
  });

  it('come from the environment; an empty variable counts as not set', () => {
    const read = readSettings({
      FIDELIS_PORT: '9000',
      FIDELIS_HOST: '',
      FIDELIS_TEST_CLOCK: '1',
      FIDELIS_ADMIN_KEY: '12345678',
    });
    expect(read).toMatchObject({ port: 9000, host: '127.0.0.1', testClock: true });
    expect(read.adminKey).toBe('12345678');
    expect(readSettings({ FIDELIS_TEST_CLOCK: '0' }).testClock).toBe(false);
  });

  it('are all reported at once when they are wrong, and a secret is not repeated', () => {
    const wrong = {
      FIDELIS_PORT: '70000',
      FIDELIS_ADMIN_KEY: 'short',
      FIDELIS_TEST_CLOCK: 'yes',
      EVENT_STORE_URL: 'esdb://localhost:2113',
      FIDELIS_SERVICE_CALLS: 'grpc',
    };
    let thrown: unknown;
    try {
      readSettings(wrong);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect((thrown as ConfigurationError).errors).toEqual([
      'FIDELIS_PORT must be a whole number, 0 to 65535, not "70000"',
      'FIDELIS_ADMIN_KEY must be 8 characters or more, not what is set',
      'FIDELIS_TEST_CLOCK must be 1 or 0, not "yes"',
      'FIDELIS_SERVICE_CALLS must be one of direct, http, not "grpc"',
      'EVENT_STORE_URL must be an address that begins with sqlite:, not "esdb://localhost:2113"',
    ]);
  });

  it('are documented, each with its default', () => {
    expect(toEnvExample()).toContain('# FIDELIS_PORT=8080\n');
    expect(toEnvExample()).toContain('# FIDELIS_ADMIN_KEY=\n');
    expect(toConfigurationReference()).toContain('| `FIDELIS_CREDIT_WAIT_MS` | `2000` |');
  });
});

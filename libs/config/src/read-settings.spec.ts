import { toConfigurationReference, toEnvExample } from './documents';
import { checkBrokers, checkEmbedded, checkSeparate } from './modes';
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
      EVENT_STORE_URL: 'mysql://fidelis:hunter2@localhost',
      FIDELIS_ACCOUNTS_URL: 'http://a:8081,ftp://b',
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
      'EVENT_STORE_URL must be an address that begins with sqlite: or esdb:// or esdb+discover://, not what is set',
      'FIDELIS_ACCOUNTS_URL must be http:// or https:// addresses without a path, separated by commas, not "http://a:8081,ftp://b"',
    ]);
  });

  it('name the replicas of a service', () => {
    const read = readSettings({
      FIDELIS_EARNING_URL: 'http://earning-1:8082/, http://earning-2:8082',
    });
    expect(read.earningUrl).toEqual(['http://earning-1:8082', 'http://earning-2:8082']);
    expect(readSettings({}).rewardStoreUrl).toEqual(['http://127.0.0.1:8083']);
  });

  it('of separate processes are complete, or all that is missing is said', () => {
    const embedded = readSettings({});
    expect(() => checkEmbedded(embedded)).not.toThrow();
    expect(() => checkSeparate(embedded)).toThrow(
      [
        'EVENT_STORE_URL must name a server: esdb://…',
        'MESSAGE_BUS_URL must name a server: kafka://…',
        'READ_MODEL_URL must name a server: postgres://…',
        'FIDELIS_INTERNAL_SECRET must be set, the same for all processes',
        'FIDELIS_DEAD_LETTERS_KEY must be set, the same for all processes',
        'FIDELIS_PERSONAL_DATA_KEY must be set, the same for all processes',
        'FIDELIS_VENDOR_SECRETS_KEY must be set, the same for all processes',
      ].join('\n'),
    );
    const secret = 'x'.repeat(32);
    const separate = readSettings({
      EVENT_STORE_URL: 'esdb://localhost:2113?tls=false',
      MESSAGE_BUS_URL: 'kafka://localhost:9092',
      READ_MODEL_URL: 'postgres://localhost/fidelis',
      FIDELIS_INTERNAL_SECRET: secret,
      FIDELIS_DEAD_LETTERS_KEY: secret,
      FIDELIS_PERSONAL_DATA_KEY: secret,
      FIDELIS_VENDOR_SECRETS_KEY: secret,
    });
    expect(() => checkSeparate(separate)).not.toThrow();
    expect(() => checkEmbedded(separate)).toThrow('npm run start:distributed');
  });

  it('of brokers are whole, and a password is not repeated', () => {
    const wrong = { KAFKA_TLS_CA_FILE: '/nowhere', KAFKA_SASL_MECHANISM: 'gssapi' };
    expect(() => readSettings(wrong)).toThrow(
      [
        'KAFKA_TLS_CA_FILE must be a readable file of certificates (PEM), not "/nowhere"',
        'KAFKA_SASL_MECHANISM must be one of plain, scram-sha-256, scram-sha-512, not "gssapi"',
      ].join('\n'),
    );
    const login = { KAFKA_SASL_USERNAME: 'fidelis', KAFKA_SASL_PASSWORD: 'hunter2' };
    expect(() => checkEmbedded(readSettings({ ...login, KAFKA_TLS: '1' }))).toThrow(
      /^KAFKA_TLS, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD needs brokers: MESSAGE_BUS_URL=kafka:\/\/…$/,
    );
    const brokers = { MESSAGE_BUS_URL: 'kafka://fidelis:hunter2@localhost:9092' };
    expect(() => checkBrokers(readSettings({ ...brokers, ...login }))).toThrow(
      /^KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD must be set together, or none of them\nMESSAGE_BUS_URL takes no login: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD$/,
    );
    const whole = { ...login, KAFKA_TLS: '1', KAFKA_SASL_MECHANISM: 'scram-sha-512' };
    const read = readSettings({ ...whole, MESSAGE_BUS_URL: 'kafka://one:9093,two:9093' });
    expect(() => checkBrokers(read)).not.toThrow();
  });

  it('are documented, each with its default', () => {
    expect(toEnvExample()).toContain('# FIDELIS_PORT=8080\n');
    expect(toEnvExample()).toContain('# FIDELIS_ADMIN_KEY=\n');
    expect(toConfigurationReference()).toContain('| `FIDELIS_CREDIT_WAIT_MS` | `2000` |');
  });
});

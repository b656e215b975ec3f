import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface KafkaUser {
  readonly username: string;
  readonly password: string;
}

/** Listeners of a broker beside the plain one: with a login, with TLS, and with both. */
export interface SecuredKafka {
  readonly loginUrl: string;
  readonly tlsUrl: string;
  readonly tlsLoginUrl: string;
  /** A file of the certificate (PEM) that the broker is known by. */
  readonly certificateFile: string;
}

export interface SecuredPorts {
  readonly login: number;
  readonly tls: number;
  readonly tlsLogin: number;
}

/** Of a key that never leaves the folder of a test's broker. */
const STORE_PASSWORD = 'of-a-test';
const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const PROTOCOLS = { LOGIN: 'SASL_PLAINTEXT', TLS: 'SSL', TLSLOGIN: 'SASL_SSL' };

export class KafkaSecurity {
  readonly urls: SecuredKafka;

  constructor(
    private readonly folder: string,
    private readonly user: KafkaUser,
    private readonly ports: SecuredPorts,
  ) {
    const url = (port: number): string => `kafka://127.0.0.1:${port}`;
    this.urls = {
      loginUrl: url(ports.login),
      tlsUrl: url(ports.tls),
      tlsLoginUrl: url(ports.tlsLogin),
      certificateFile: join(folder, 'broker.pem'),
    };
  }

  get listeners(): readonly string[] {
    const { login, tls, tlsLogin } = this.ports;
    return Object.entries({ LOGIN: login, TLS: tls, TLSLOGIN: tlsLogin }).map(
      ([name, port]) => `${name}://127.0.0.1:${port}`,
    );
  }

  get protocols(): readonly string[] {
    return Object.entries(PROTOCOLS).map((entry) => entry.join(':'));
  }

  get settings(): Readonly<Record<string, string>> {
    return {
      'sasl.enabled.mechanisms': ['PLAIN', ...SCRAM].join(),
      ...this.logins('login'),
      ...this.logins('tlslogin'),
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.location': this.keystore,
      'ssl.keystore.password': STORE_PASSWORD,
    };
  }

  /** For the tool that makes the broker's data: it has its users from the beginning. */
  get formatOptions(): readonly string[] {
    const { username, password } = this.user;
    return SCRAM.flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${username},password=${password}]`,
    ]);
  }

  /** A key with a certificate for this machine, by the tool that comes with Java. */
  async prepare(): Promise<void> {
    if (existsSync(this.urls.certificateFile)) return;
    const store = ['-keystore', this.keystore, '-storepass', STORE_PASSWORD, '-alias', 'broker'];
    await run('keytool', [
      ...['-genkeypair', ...store, '-storetype', 'PKCS12', '-keyalg', 'EC', '-validity', '30'],
      ...['-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost'],
    ]);
    const { certificateFile } = this.urls;
    await run('keytool', ['-exportcert', ...store, '-rfc', '-file', certificateFile]);
  }

  private get keystore(): string {
    return join(this.folder, 'broker.p12');
  }

  private logins(listener: string): Record<string, string> {
    const { username, password } = this.user;
    const modules = 'org.apache.kafka.common.security';
    const of = (mechanism: string): string =>
      `listener.name.${listener}.${mechanism.toLowerCase()}.sasl.jaas.config`;
    const scram = `${modules}.scram.ScramLoginModule required;`;
    return {
      [of('PLAIN')]: `${modules}.plain.PlainLoginModule required user_${username}="${password}";`,
      ...Object.fromEntries(SCRAM.map((mechanism) => [of(mechanism), scram])),
    };
  }
}

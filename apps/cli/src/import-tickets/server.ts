import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { CommandFailure } from '../failure';

/** Of a refusal as a whole: RFC 9457. */
interface ProblemBody {
  readonly code?: string;
  readonly detail?: string;
}

/** One line of an import's answer. */
export interface LineAnswer {
  readonly status: string;
  readonly code?: string;
  readonly detail?: string;
}

/** The server did not answer, or says that it cannot for now: the same again may succeed. */
export class NotNow extends Error {}

/** A server that is silent this long is taken for gone. */
const SILENCE_MS_MAX = 120_000;

/** The HTTP API, as far as an import needs it. */
export class Server {
  private readonly secure: boolean;
  private readonly agent: Agent;

  constructor(
    private readonly url: URL,
    private readonly apiKey: string,
  ) {
    this.secure = url.protocol === 'https:';
    this.agent = new (this.secure ? TlsAgent : Agent)({ keepAlive: true });
  }

  async getJson(path: string): Promise<unknown> {
    return JSON.parse(await this.send('GET', path)) as unknown;
  }

  /** Sends lines of NDJSON; one answer for each, in their order. Throws `NotNow`. */
  async postLines(path: string, lines: readonly string[]): Promise<readonly LineAnswer[]> {
    const text = await this.send('POST', path, Buffer.from(`${lines.join('\n')}\n`));
    const answers = text === '' ? [] : text.trimEnd().split('\n');
    if (answers.length !== lines.length) {
      throw new NotNow(`${answers.length} answers to ${lines.length} lines`);
    }
    return answers.map((answer) => JSON.parse(answer) as LineAnswer);
  }

  close(): void {
    this.agent.destroy();
  }

  private send(method: string, path: string, body?: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      const lost = (error: Error): void => {
        reject(new NotNow(`${this.url.origin} does not answer (${reasonOf(error)})`));
      };
      const sent = this.open(method, path, body);
      sent.on('error', lost);
      sent.on('timeout', () => sent.destroy(new Error('silent for too long')));
      sent.on('response', (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', lost);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          if (response.statusCode === 200) resolve(text);
          else reject(refusal(response.statusCode ?? 0, text));
        });
      });
      sent.end(body);
    });
  }

  private open(method: string, path: string, body: Buffer | undefined): ClientRequest {
    return (this.secure ? tlsRequest : request)(new URL(path, this.url), {
      method,
      agent: this.agent,
      timeout: SILENCE_MS_MAX,
      headers: {
        authorization: `Bearer ${this.apiKey}`,
        ...(body && { 'content-type': 'application/x-ndjson', 'content-length': body.length }),
      },
    });
  }
}

function refusal(status: number, text: string): Error {
  const { code = '', detail = text.slice(0, 200) } = problemOf(text);
  if (status === 429 || status === 503) return new NotNow(`the server answers ${status} ${detail}`);
  if (status === 401) return new CommandFailure('the server refuses the key in FIDELIS_API_KEY');
  if (status === 403) {
    return new CommandFailure(
      'the key in FIDELIS_API_KEY may not do this: it takes the role pos, backoffice or admin',
    );
  }
  return new CommandFailure(`the server answers ${status} ${code} ${detail}`.trimEnd());
}

function problemOf(text: string): ProblemBody {
  try {
    return JSON.parse(text) as ProblemBody;
  } catch {
    return {};
  }
}

function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

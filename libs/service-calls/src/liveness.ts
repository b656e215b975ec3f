import { NO_ENDPOINT, NOT_BEGUN_HEADER } from '@fidelis/contracts';
import { Agent, request } from 'undici';

/** A process that is not stopped needs milliseconds. */
const ANSWER_MS_MAX = 1000;

/** Asks replicas whether they live. Any answer says so, unless the replica is shutting down. */
export class Liveness {
  // Connections of its own, each for one question: those for requests may all be waiting.
  private readonly agent = new Agent({ pipelining: 0 });
  private readonly asked = new Map<string, Promise<boolean>>();

  /** Who wants to know at the same time shares one question. */
  of(url: string): Promise<boolean> {
    let answer = this.asked.get(url);
    if (answer === undefined) {
      answer = this.ask(url).finally(() => this.asked.delete(url));
      this.asked.set(url, answer);
    }
    return answer;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async ask(url: string): Promise<boolean> {
    try {
      const { headers, body } = await request(`${url}/health/live`, {
        dispatcher: this.agent,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      await body.dump();
      return [undefined, NO_ENDPOINT].includes(headers[NOT_BEGUN_HEADER] as string | undefined);
    } catch {
      return false;
    }
  }
}

import type { Consumer, Kafka } from 'kafkajs';
import { Defect } from '@fidelis/kernel';

export interface WatchOptions {
  readonly kafka: Kafka;
  readonly silenceMaxMs: number;
  /** kafkajs gave up for now and begins anew: what it had is void. */
  readonly onRestart: (error: Error) => void;
  /** It ended and does not begin again. */
  readonly onDead: (error: Error) => void;
}

const LOOKS_PER_SILENCE = 4;

/**
 * Sees to it that no consumer is dead in a live process: kafkajs ends one at an error that it does
 * not know, says so, and leaves it at that. One that goes silent while the broker answers counts
 * as dead too.
 */
export class ConsumerWatch {
  private lastSign = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    source: Consumer,
    private readonly options: WatchOptions,
  ) {
    const { events } = source;
    const sign = (): void => void (this.lastSign = Date.now());
    source.on(events.GROUP_JOIN, sign);
    source.on(events.HEARTBEAT, sign);
    source.on(events.FETCH, sign);
    source.on(events.CRASH, ({ payload: { error, restart } }) => {
      if (this.stopped) return;
      if (restart) options.onRestart(error);
      else options.onDead(error);
    });
  }

  start(): void {
    const everyMs = this.options.silenceMaxMs / LOOKS_PER_SILENCE;
    this.timer = setInterval(() => void this.look(), everyMs).unref();
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.isHeard() || !(await this.brokerAnswers()) || this.isHeard() || this.stopped) return;
    this.options.onDead(new Defect('no sign of life, though the broker answers'));
  }

  private isHeard(): boolean {
    return Date.now() - this.lastSign < this.options.silenceMaxMs;
  }

  private async brokerAnswers(): Promise<boolean> {
    const admin = this.options.kafka.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      await admin.listTopics();
      return true;
    } catch {
      return false;
    } finally {
      // What fails here says nothing new, and nobody waits for this look.
      await admin.disconnect().catch(() => undefined);
    }
  }
}

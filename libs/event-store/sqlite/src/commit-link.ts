import { join } from 'node:path';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import type { Rows } from './tables';

export interface CommitThreadData {
  readonly file: string;
  readonly port: MessagePort;
  /** One number: how many commits were answered. */
  readonly answers: Int32Array;
}

export type CommitAnswer =
  { readonly outcome: 'committed' } | { readonly outcome: 'failed'; readonly reason: string };

/** A commit of at most some thousand rows takes milliseconds; a disk that hangs is a dead one. */
const ANSWER_MS_MAX = 60_000;
/** Rows come and go at once: nothing that lives longer has to be copied about. */
const THREAD_YOUNG_GENERATION_MB = 16;
/** Compiled, also where this file runs from its source: a thread starts without jest's compiler. */
const THREAD = join(__dirname, '..', 'dist', 'commit.thread.js');

/** This thread's end of the thread that commits: one commit at a time, each of them answered. */
export class CommitLink {
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly answers = new Int32Array(new SharedArrayBuffer(4));
  private readonly ended: Promise<unknown>;
  private isClosing = false;

  /** `onAnswer` is told of each commit's outcome, also of a thread that died. */
  constructor(
    file: string,
    private readonly onAnswer: (answer: CommitAnswer) => void,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData: CommitThreadData = { file, port: port2, answers: this.answers };
    this.worker = new Worker(THREAD, {
      ...{ workerData, transferList: [port2], name: 'event store commits' },
      // It prints nothing; joining its output to the process's would make that one non-blocking.
      ...{ stdout: true, stderr: true },
      resourceLimits: { maxYoungGenerationSizeMb: THREAD_YOUNG_GENERATION_MB },
    });
    this.ended = new Promise((resolve) => this.worker.once('exit', resolve));
    this.worker.on('error', (error) => {
      this.failed(error.message);
    });
    void this.ended.then(() => {
      if (!this.isClosing) this.failed('the thread that commits has ended');
    });
    this.port.on('message', (answer: CommitAnswer) => {
      this.answered(answer);
    });
    // Only a commit under way keeps the process up.
    this.worker.unref();
    this.port.unref();
  }

  /** Not before the last one was answered. */
  send(rows: Rows): void {
    this.port.ref();
    this.port.postMessage(rows);
  }

  /** Blocks until the commit under way is answered; `onAnswer` was told when it returns. */
  waitForAnswer(): void {
    for (;;) {
      const seen = Atomics.load(this.answers, 0);
      const received = receiveMessageOnPort(this.port);
      if (received !== undefined) {
        this.answered(received.message as CommitAnswer);
        return;
      }
      if (Atomics.wait(this.answers, 0, seen, ANSWER_MS_MAX) === 'timed-out') {
        this.failed(`no commit within ${ANSWER_MS_MAX / 1000} s`);
        return;
      }
    }
  }

  async close(): Promise<void> {
    this.isClosing = true;
    this.worker.ref();
    this.port.postMessage('close');
    await this.ended;
  }

  private answered(answer: CommitAnswer): void {
    this.port.unref();
    this.onAnswer(answer);
  }

  private failed(reason: string): void {
    this.onAnswer({ outcome: 'failed', reason });
  }
}

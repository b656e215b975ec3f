import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { OperationalError } from '@fidelis/kernel';
import { randomUUID } from 'node:crypto';
import type { BatchAppendStream, Connection } from './connection';
import { DeadlinePassed } from './failures';
import { uuid, uuidOf } from './wire';

interface Waiting {
  readonly resolve: (response: BatchAppendResp) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One long call that carries the appends of all callers. An answer finds its caller by its
 * correlation id, on the very call that it was sent on: when a call breaks, only its own callers
 * learn of it, and what comes late for somebody who has given up is left alone.
 */
export class BatchAppends {
  private current: AppendCall | undefined;

  constructor(private readonly connection: Connection) {}

  /** @throws DeadlinePassed, or what the call broke with: in both cases the outcome is unknown. */
  async send(request: BatchAppendReq, deadlineMs: number): Promise<BatchAppendResp> {
    const call = (this.current ??= this.open());
    return call.send(request, deadlineMs);
  }

  private open(): AppendCall {
    const call = new AppendCall(this.connection.openBatchAppend(), () => {
      if (this.current === call) this.current = undefined;
    });
    return call;
  }
}

class AppendCall {
  private readonly waiting = new Map<string, Waiting>();
  private answers = 0;
  private broken: Error | undefined;

  constructor(
    private readonly stream: Promise<BatchAppendStream>,
    private readonly onBroken: () => void,
  ) {
    stream.then(
      (opened) => {
        this.listen(opened);
      },
      (error: unknown) => {
        this.break(error);
      },
    );
  }

  send(request: BatchAppendReq, deadlineMs: number): Promise<BatchAppendResp> {
    if (this.broken !== undefined) return Promise.reject(this.broken);
    const id = randomUUID();
    request.setCorrelationId(uuid(id));
    const answersBefore = this.answers;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new DeadlinePassed('append', deadlineMs));
        // Nothing at all came meanwhile: later appends try another call.
        if (this.answers === answersBefore) this.cancel();
      }, deadlineMs);
      this.waiting.set(id, {
        resolve: (response) => {
          clearTimeout(timer);
          resolve(response);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error instanceof Error ? error : new Error('the append failed'));
        },
      });
      void this.stream.then(
        (stream) => {
          if (this.waiting.has(id)) stream.write(request);
        },
        () => undefined,
      );
    });
  }

  private listen(stream: BatchAppendStream): void {
    stream.on('data', (response: BatchAppendResp) => {
      this.answers += 1;
      const id = uuidOf(response.getCorrelationId());
      this.waiting.get(id)?.resolve(response);
      this.waiting.delete(id);
    });
    stream.on('error', (error) => {
      this.break(error);
    });
    const end = (): void => {
      this.break(new OperationalError('the event store ended the call'));
    };
    stream.on('end', end);
    stream.on('close', end);
  }

  private cancel(): void {
    this.onBroken();
    void this.stream.then(
      (stream) => {
        stream.cancel();
      },
      () => undefined,
    );
  }

  private break(reason: unknown): void {
    if (this.broken !== undefined) return;
    this.broken = reason instanceof Error ? reason : new Error('the call broke');
    this.onBroken();
    for (const { reject } of this.waiting.values()) reject(this.broken);
    this.waiting.clear();
  }
}

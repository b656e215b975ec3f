import { OperationalError } from '@fidelis/kernel';

/** What both ends of a `MessageChannel` have, and a worker and its parent. */
export interface ThreadPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

type Calls<Theirs> = {
  readonly [Name in keyof Theirs]: (argument: never) => unknown;
};

type Asked<Call> = Call extends (argument: infer Argument) => unknown ? Argument : never;
type Answer<Call> = Call extends (argument: never) => infer Result ? Awaited<Result> : never;

/** An error on its way between threads: a clone would forget its class. */
export interface ErrorNote {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly operational: boolean;
}

interface Question {
  readonly call: string;
  readonly argument: unknown;
  /** Absent: nobody waits for an answer. */
  readonly id?: number;
}

interface Answered {
  readonly answers: number;
  readonly result?: unknown;
  readonly error?: ErrorNote;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** One end of a line between two threads: calls in both directions, in order. */
export class ThreadLine<Theirs extends Calls<Theirs>, Ours extends Calls<Ours>> {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(
    private readonly port: ThreadPort,
    private readonly ours: Ours,
    private readonly onError: (error: unknown) => void,
  ) {
    port.on('message', (message) => {
      if (isAnswer(message)) this.settle(message);
      else this.answer(message as Question);
    });
  }

  /** Rejects with what the other side threw. */
  ask<Name extends keyof Theirs & string>(
    call: Name,
    argument: Asked<Theirs[Name]>,
  ): Promise<Answer<Theirs[Name]>> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.port.postMessage({ call, argument, id } satisfies Question);
    });
  }

  /** Does not wait. */
  tell<Name extends keyof Theirs & string>(call: Name, argument: Asked<Theirs[Name]>): void {
    this.port.postMessage({ call, argument } satisfies Question);
  }

  private answer({ call, argument, id }: Question): void {
    const handler = this.ours[call as keyof Ours];
    const work = new Promise((resolve) => resolve(handler(argument as never)));
    if (id === undefined) {
      work.catch(this.onError);
      return;
    }
    work.then(
      (result) => this.port.postMessage({ answers: id, result } satisfies Answered),
      (error: unknown) =>
        this.port.postMessage({ answers: id, error: noteOf(error) } satisfies Answered),
    );
  }

  private settle({ answers, result, error }: Answered): void {
    const waiting = this.waiting.get(answers);
    this.waiting.delete(answers);
    if (error !== undefined) waiting?.reject(errorOf(error));
    else waiting?.resolve(result as never);
  }
}

export function noteOf(error: unknown): ErrorNote {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack, operational: error instanceof OperationalError };
}

export function errorOf({ name, message, stack, operational }: ErrorNote): Error {
  const error = operational ? new OperationalError(message) : new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

function isAnswer(message: unknown): message is Answered {
  return typeof message === 'object' && message !== null && 'answers' in message;
}

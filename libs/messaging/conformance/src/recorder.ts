import type { MessageContract } from '@fidelis/contracts';
import type { Consumer, ReceivedMessage } from '@fidelis/messaging';
import { NoteStruckV1, NoteWrittenV1, type Note } from './notes';

type Message = ReceivedMessage<Note>;
type Reaction = (message: Message) => Promise<void> | void;

/** A handler that notes what it took, in order, and may do something else first. */
export class Recorder {
  readonly taken: Message[] = [];
  /** Sizes of the calls. */
  readonly calls: number[] = [];
  private reaction: Reaction = () => undefined;

  /** Before a message counts as taken: throw or wait here. */
  reacts(reaction: Reaction): this {
    this.reaction = reaction;
    return this;
  }

  get texts(): readonly string[] {
    return this.taken.map(({ data }) => data.text);
  }

  textsOf(key: string): readonly string[] {
    return this.taken.filter((each) => each.key === `note-${key}`).map(({ data }) => data.text);
  }

  consumer(options: Partial<Consumer> = {}): Consumer {
    const contracts: readonly MessageContract<unknown>[] = [NoteWrittenV1, NoteStruckV1];
    return {
      group: 'reader.keep-notes',
      contracts,
      mode: 'each',
      ...options,
      handle: async (messages) => {
        this.calls.push(messages.length);
        for (const message of messages as readonly Message[]) {
          await this.reaction(message);
          this.taken.push(message);
        }
      },
    };
  }
}

/** A promise to wait for, settled by the test. */
export class Gate {
  readonly opened: Promise<void>;
  private resolve: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => (this.resolve = resolve));
  }

  open(): void {
    this.resolve();
  }
}

/** Waits until `condition` holds; fails with what it says after 20 s. */
export async function eventually(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

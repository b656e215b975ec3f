import {
  waitForHead,
  type BusProblem,
  type Consumer,
  type DeadLetter,
  type DeliveryOptions,
  type Disturbance,
  type MessageBus,
} from '@fidelis/messaging';
import type { MessageBusHarness } from './harness';
import { NoteBook, notesPublisher } from './notes';

/** Short enough for tests, long enough to see. */
const QUICK: Partial<DeliveryOptions> = {
  backOffFirstMs: 5,
  backOffMaxMs: 20,
  unforeseenAttemptsMax: 3,
  closeWaitMs: 100,
};

/** One harness with its bus, as the tests speak of it. */
export class BusUnderTest {
  readonly notes: NoteBook;
  readonly problems: BusProblem[] = [];
  readonly defects: unknown[] = [];
  private opened: MessageBus | undefined;

  constructor(readonly harness: MessageBusHarness) {
    this.notes = new NoteBook(harness.store);
  }

  get bus(): MessageBus {
    if (this.opened === undefined) throw new Error('start the bus first');
    return this.opened;
  }

  async start(
    consumers: readonly Consumer[],
    options: { delivery?: Partial<DeliveryOptions>; disturbance?: Disturbance } = {},
  ): Promise<void> {
    const { disturbance } = options;
    this.opened = await this.harness.open({
      publishers: [notesPublisher],
      delivery: { ...QUICK, ...options.delivery },
      onProblem: (problem) => this.problems.push(problem),
      onDefect: (error) => this.defects.push(error),
      ...(disturbance === undefined ? {} : { disturbance }),
    });
    await this.opened.start(consumers);
  }

  /** Until all groups have handled all that was appended. */
  async settled(): Promise<void> {
    await waitForHead(this.bus, { timeoutMs: 20_000 });
  }

  async crash(): Promise<void> {
    const bus = this.bus;
    this.opened = undefined;
    // Long enough for a bus that gives positions up too early to have written them.
    await new Promise((resolve) => setTimeout(resolve, 30));
    await this.harness.crash(bus);
  }

  async stop(): Promise<void> {
    const bus = this.opened;
    this.opened = undefined;
    await bus?.close();
  }

  async onlyDeadLetter(): Promise<DeadLetter> {
    const [letter, ...others] = await this.bus.deadLetters.list();
    if (letter === undefined || others.length > 0) throw new Error('not exactly one dead letter');
    return letter;
  }
}

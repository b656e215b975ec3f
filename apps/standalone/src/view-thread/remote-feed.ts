import type { EventFeed, Position } from '@fidelis/event-store';
import type { DueRunner, Settled } from '@fidelis/processes';
import { ReachedGate } from '@fidelis/projections';
import type { FeedKey } from './protocol';
import type { ViewLine } from './view-line';

/** A feed of the view thread, as the main thread sees it. */
export class RemoteFeed implements DueRunner {
  readonly name: string;
  readonly tables: readonly string[];
  private readonly categories: readonly string[];
  private readonly gate = new ReachedGate();

  constructor(
    private readonly key: FeedKey,
    view: { name: string; tables: readonly string[]; categories: readonly string[] },
    private readonly parts: { readonly line: ViewLine; readonly store: EventFeed },
  ) {
    this.name = view.name;
    this.tables = view.tables;
    this.categories = view.categories;
  }

  get position(): Position {
    return this.gate.position;
  }

  /** The view thread tells how far it is. */
  moved(position: Position): void {
    this.gate.advance(position);
  }

  async start(): Promise<void> {
    await this.parts.line.ask('start', this.key);
  }

  async reachHead(deadlineMs = 5000): Promise<void> {
    const { line, store } = this.parts;
    const head = await store.headOf(this.categories);
    if (head > this.gate.position) line.hurry('hurry', this.key);
    await this.gate.reached(head, deadlineMs);
  }

  async rebuild(): Promise<void> {
    // What it told before it stopped is here before it answers that it has.
    await this.stop();
    this.gate.reset();
    await this.parts.line.ask('rebuild', this.key);
  }

  async stop(): Promise<void> {
    await this.parts.line.ask('stop', this.key);
  }

  async forget(settled: Settled): Promise<void> {
    await this.parts.line.ask('forget', { feed: this.key, settled });
  }
}

import { START, type EventStore, type Position, type RecordedEvent } from '@fidelis/event-store';

export interface DirectoryOptions<State> {
  readonly categories: readonly string[];
  readonly initial: State;
  /** May change `state` in place: the directory owns it, readers only look. */
  readonly evolve: (state: State, event: RecordedEvent) => State;
}

/**
 * Whole categories of streams folded in memory: programmes, campaigns, offers, stores, vendors.
 * `current()` brings it up to the store's head first, so a decision uses everything that was
 * answered before. For things that are counted in thousands, not millions.
 */
export class Directory<State> {
  private state: State;
  private checkpoint: Position = START;
  private catchingUp: Promise<void> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly options: DirectoryOptions<State>,
  ) {
    this.state = options.initial;
    store.indexCategories?.(options.categories);
  }

  async current(): Promise<State> {
    const head = await this.store.headOf(this.options.categories);
    while (this.checkpoint < head) {
      this.catchingUp ??= this.catchUp().finally(() => {
        this.catchingUp = undefined;
      });
      await this.catchingUp;
    }
    return this.state;
  }

  private async catchUp(): Promise<void> {
    const { categories, evolve } = this.options;
    const events = await this.store.readAll({ after: this.checkpoint, categories });
    for (const event of events) {
      this.state = evolve(this.state, event);
      this.checkpoint = event.position;
    }
  }
}

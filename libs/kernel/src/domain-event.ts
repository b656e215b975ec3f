/** An event as a decider returns it: a type (noun + past tense) and plain JSON data. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** How a stream is folded into state. `evolve` is total: it never rejects a stored event. */
export interface Aggregate<State, Event extends DomainEvent> {
  /** The stream's category; its name is `<category>-<id>`. */
  readonly category: string;
  readonly initial: State;
  /** Must not change `state` in place. */
  readonly evolve: (state: State, event: Event) => State;
  /** Absent: no snapshots; the stream is short. `version` changes when the state's shape does. */
  readonly snapshot?: { readonly version: number; readonly everyEvents: number };
  /** `true`: each event carries the hash of itself and of all before it (tamper evidence). */
  readonly hashChain?: boolean;
  /** Turns an event as it was stored, of any old version, into today's shape. */
  readonly upcast?: (stored: DomainEvent) => Event;
}

import {
  Defect,
  type Aggregate,
  type Decision,
  type DomainEvent,
  type Rejection,
} from '@fidelis/kernel';

type Decide<S, E, R extends Rejection> = (state: S) => Decision<E, R>;

/** What came of a decision: each method checks one thing and gives the outcome back. */
export interface Outcome<S, E extends DomainEvent> {
  /** Accepted, with exactly these events. */
  then(...events: readonly E[]): Outcome<S, E>;
  /** Accepted, with events of exactly these types. */
  thenTypes(...types: readonly E['type'][]): Outcome<S, E>;
  /** Refused; the fields given are those of the rejection. */
  thenRejected(rejection: { readonly code: string } & Readonly<Record<string, unknown>>): void;
  /** The same command on the new state changes nothing. */
  thenAgainNothing(): Outcome<S, E>;
  /** The next command, on the state after this one. */
  when<R extends Rejection>(decide: Decide<S, E, R>): Outcome<S, E>;
  readonly state: S;
  readonly events: readonly E[];
}

/** `const given = decider(account); given(opened).when((state) => debit(…, state)).then(…)` */
export function decider<S, E extends DomainEvent>(
  aggregate: Pick<Aggregate<S, E>, 'initial' | 'evolve'>,
): (...history: readonly E[]) => Pick<Outcome<S, E>, 'when' | 'state'> {
  const fold = (state: S, events: readonly E[]): S => events.reduce(aggregate.evolve, state);
  const from = (state: S): Pick<Outcome<S, E>, 'when' | 'state'> => ({
    state,
    when: (decide) => outcomeOf({ state, decide, fold }),
  });
  return (...history) => from(fold(aggregate.initial, history));
}

interface Case<S, E, R extends Rejection> {
  readonly state: S;
  readonly decide: Decide<S, E, R>;
  readonly fold: (state: S, events: readonly E[]) => S;
}

function outcomeOf<S, E extends DomainEvent, R extends Rejection>(
  theCase: Case<S, E, R>,
): Outcome<S, E> {
  const { state: before, decide, fold } = theCase;
  const decision = decide(before);
  const events = decision.outcome === 'accepted' ? decision.events : [];
  const after = fold(before, events);
  if (decision.outcome === 'accepted' && decision.folded !== undefined) {
    expect(decision.folded).toEqual(after);
  }
  const acceptedEvents = (): readonly E[] => {
    if (decision.outcome === 'accepted') return decision.events;
    throw new Defect(`refused: ${JSON.stringify(decision.rejection)}`);
  };
  const outcome: Outcome<S, E> = {
    state: after,
    events,
    then: (...expected) => {
      expect(acceptedEvents()).toEqual(expected);
      return outcome;
    },
    thenTypes: (...types) => {
      expect(acceptedEvents().map((event) => event.type)).toEqual(types);
      return outcome;
    },
    thenRejected: (rejection) => {
      if (decision.outcome === 'accepted') {
        throw new Defect(`accepted: ${JSON.stringify(decision.events)}`);
      }
      expect(decision.rejection).toMatchObject(rejection);
    },
    thenAgainNothing: () => {
      acceptedEvents();
      expect(decide(after)).toEqual({ outcome: 'accepted', events: [] });
      return outcome;
    },
    when: (next) => {
      acceptedEvents();
      return outcomeOf({ state: after, decide: next, fold });
    },
  };
  return outcome;
}

import { START, type EventStore, type Position } from '@fidelis/event-store';
import type { Clock } from '@fidelis/kernel';
import { enrolmentAggregate } from '../domain/enrolment';
import type { EarningStreams } from '../earning.streams';
import type { Rulebook } from '../rules/rulebook';
import type { Enrolments } from './enrol';

/** Participants that are looked at side by side. */
const LANES = 32;

interface Into {
  readonly programId: string;
  readonly version: number;
}

/**
 * Runs auto-enrolment for every participant there is, once per version and participant. Found by
 * their enrolment streams: each participant has one since the registration.
 */
export class EnrolExisting {
  constructor(
    private readonly parts: {
      readonly clock: Clock;
      readonly eventStore: EventStore;
      readonly streams: EarningStreams;
      readonly rulebook: Rulebook;
      readonly enrolments: Enrolments;
    },
  ) {}

  async run(programId: string, version: number): Promise<void> {
    const { eventStore } = this.parts;
    const categories = [enrolmentAggregate.category];
    const head = await eventStore.headOf(categories);
    for (let after: Position = START; after < head;) {
      const events = await eventStore.readAll({ after, categories });
      const last = events.at(-1);
      if (last === undefined) return;
      const ids = new Set(
        events
          .filter((event) => event.type === 'EligibilityAssessed')
          .map((event) => event.stream.slice(enrolmentAggregate.category.length + 1)),
      );
      await this.enrolAll([...ids], { programId, version });
      after = last.position;
    }
  }

  private async enrolAll(participantIds: readonly string[], into: Into): Promise<void> {
    for (let from = 0; from < participantIds.length; from += LANES) {
      const some = participantIds.slice(from, from + LANES);
      await Promise.all(some.map((participantId) => this.enrolOne(participantId, into)));
    }
  }

  private async enrolOne(participantId: string, { programId, version }: Into): Promise<void> {
    const { clock, streams, rulebook, enrolments } = this.parts;
    const { state } = await streams.enrolments.load(participantId);
    if (state.assessed === undefined) return;
    await enrolments.enrolByRules(state.assessed, await rulebook.current(), {
      now: clock.now(),
      operation: { id: `enrol-existing:${programId}:${version}` },
      enrolExistingInto: programId,
    });
  }
}

import { AggregateRepository, Directory, type OperationRef } from '@fidelis/aggregates';
import type { EventStore } from '@fidelis/event-store';
import type { Instant } from '@fidelis/kernel';
import { DEFAULT_POINT_SOURCE } from '../domain/account';
import {
  definePointSource,
  pointSourceAggregate,
  type PointSourceEvent,
} from '../domain/point-source';

export interface DefinedPointSource {
  readonly id: string;
  readonly name: string;
}

const FIRST: DefinedPointSource = { id: DEFAULT_POINT_SOURCE, name: 'Default' };

/** Where granted points come from: `default`, and what was defined. */
export class PointSources {
  private readonly repository;
  private readonly directory;

  constructor(store: EventStore) {
    this.repository = new AggregateRepository(store, pointSourceAggregate);
    this.directory = new Directory<Map<string, DefinedPointSource>>(store, {
      categories: [pointSourceAggregate.category],
      initial: new Map([[FIRST.id, FIRST]]),
      evolve: (known, event) => {
        const { pointSourceId: id, name } = (event as unknown as PointSourceEvent).data;
        return known.set(id, { id, name });
      },
    });
  }

  async find(id: string): Promise<DefinedPointSource | undefined> {
    return (await this.directory.current()).get(id);
  }

  /** By id, so that pages are stable. */
  async list(): Promise<readonly DefinedPointSource[]> {
    const known = await this.directory.current();
    return [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async define(
    { id, name }: DefinedPointSource,
    { operation, now }: { readonly operation: OperationRef; readonly now: Instant },
  ): Promise<'created' | 'exists' | 'other-content'> {
    if (id === FIRST.id) return name === FIRST.name ? 'exists' : 'other-content';
    const handled = await this.repository.handle({
      id,
      operation,
      now,
      decide: (known) => definePointSource({ pointSourceId: id, name, now }, known),
    });
    if (handled.outcome === 'rejected') return 'other-content';
    await handled.durable;
    return handled.events.length > 0 ? 'created' : 'exists';
  }
}

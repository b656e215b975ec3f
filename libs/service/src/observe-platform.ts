import type { Health, Metrics } from '@fidelis/observability';
import type { Platform } from './platform';

export interface Observed {
  readonly platform: Pick<Platform, 'eventStore' | 'runtimes' | 'bus'>;
  readonly health: Health;
  readonly metrics: Metrics;
}

/** What the ports know of themselves, as metrics and health. */
export function observePlatform({ platform, health, metrics }: Observed): void {
  const { eventStore, runtimes, bus } = platform;
  metrics.gauge(
    { name: 'fidelis_event_store_head', help: 'Position of the newest event.', labels: [] },
    async () => [{ labels: {}, value: await eventStore.headOf() }],
  );
  metrics.gauge(
    {
      name: 'fidelis_view_position',
      help: 'Position of the newest event that a view shows.',
      labels: ['service', 'view'],
    },
    () =>
      runtimes.all().flatMap(({ service, views }) =>
        views.map(({ name, position }) => ({
          labels: { service, view: name },
          value: position,
        })),
      ),
  );
  const busGauge = (name: string, help: string, pick: (group: BusGroup) => number) =>
    metrics.gauge({ name, help, labels: ['group'] }, () =>
      bus.status().map((group) => ({ labels: { group: group.group }, value: pick(group) })),
    );
  busGauge('fidelis_bus_in_flight', 'Messages taken and not yet done.', (group) => group.inFlight);
  busGauge(
    'fidelis_bus_keys_retrying',
    'Keys that wait for one message.',
    (group) => group.keysRetrying,
  );
  busGauge('fidelis_bus_handled', 'Messages handled since the start.', (group) => group.handled);
  busGauge(
    'fidelis_bus_lag',
    'Messages on the topics that are not done, of the partitions of this replica.',
    (group) => group.lag ?? 0,
  );
  health.addReady('event store', async () => {
    await eventStore.headOf();
    return undefined;
  });
}

type BusGroup = ReturnType<Platform['bus']['status']>[number];

import type { EventStream, Gateway } from '@fidelis/gateway';
import type { EmbeddedPlatform } from './embedded-platform';

/** What the ports know of themselves, as metrics and health. */
export function observe(parts: {
  readonly gateway: Gateway;
  readonly platform: EmbeddedPlatform;
  readonly eventStream: EventStream;
}): void {
  const { metrics, health } = parts.gateway;
  const { eventStore, runtimes, bus } = parts.platform;
  metrics.gauge(
    {
      name: 'fidelis_event_store_head',
      help: 'Position of the newest event.',
      labels: [],
    },
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
  metrics.gauge(
    { name: 'fidelis_event_stream_clients', help: 'Open event streams.', labels: [] },
    () => [{ labels: {}, value: parts.eventStream.clientCount }],
  );
  health.addReady('event store', async () => {
    await eventStore.headOf();
    return undefined;
  });
}

type BusGroup = ReturnType<EmbeddedPlatform['bus']['status']>[number];

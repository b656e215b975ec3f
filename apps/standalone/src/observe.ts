import type { EventStream, Gateway } from '@fidelis/gateway';
import { observePlatform, type Platform } from '@fidelis/service';

/** What the ports and the gateway know of themselves, as metrics and health. */
export function observe(parts: {
  readonly gateway: Gateway;
  readonly platform: Platform;
  readonly eventStream: EventStream;
}): void {
  const { metrics, health } = parts.gateway;
  observePlatform({ platform: parts.platform, metrics, health });
  metrics.gauge(
    { name: 'fidelis_event_stream_clients', help: 'Open event streams.', labels: [] },
    () => [{ labels: {}, value: parts.eventStream.clientCount }],
  );
}

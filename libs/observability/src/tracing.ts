import { enableTracing } from '@fidelis/tracing';

export interface Tracing {
  /** Sends what is left. */
  close(): Promise<void>;
}

/** By OpenTelemetry's standard variables; none of them set: no tracing. */
export function isTracingWanted(environment: NodeJS.ProcessEnv): boolean {
  const {
    OTEL_SDK_DISABLED: disabled,
    OTEL_TRACES_EXPORTER: exporter = '',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesEndpoint = '',
  } = environment;
  if (disabled === 'true' || exporter === 'none') return false;
  return exporter !== '' || endpoint !== '' || tracesEndpoint !== '';
}

/** Starts OpenTelemetry's SDK, whose own variables say where spans go. Off unless wanted. */
export async function startTracing(
  serviceName: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Tracing | undefined> {
  if (!isTracingWanted(environment)) return undefined;
  // Loaded only now: it is larger than everything else together.
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({
    serviceName: environment['OTEL_SERVICE_NAME'] ?? serviceName,
    // Metrics are scraped, logs are lines.
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  enableTracing();
  return { close: () => sdk.shutdown() };
}

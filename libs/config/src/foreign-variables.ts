/** A variable that somebody else reads: a library, or a tool beside the services. */
export interface ForeignVariable {
  readonly variable: string;
  readonly fallback: string;
  readonly reader: string;
  readonly docs: string;
}

/** Named in the same documents, so that a reader finds all that can be set in one place. */
export const foreignVariables: readonly ForeignVariable[] = [
  {
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    fallback: '',
    reader: 'OpenTelemetry',
    docs: 'Where spans go, by OTLP over HTTP: http://collector:4318. Unset, with the two below: no traces.',
  },
  {
    variable: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    fallback: '',
    reader: 'OpenTelemetry',
    docs: 'The same as a whole address, for traces alone.',
  },
  {
    variable: 'OTEL_TRACES_EXPORTER',
    fallback: 'otlp',
    reader: 'OpenTelemetry',
    docs: 'How spans leave: otlp, zipkin, console, or none. Set, it turns traces on.',
  },
  {
    variable: 'OTEL_TRACES_SAMPLER',
    fallback: 'parentbased_always_on',
    reader: 'OpenTelemetry',
    docs: 'Which requests are traced; with OTEL_TRACES_SAMPLER_ARG, as parentbased_traceidratio and 0.01.',
  },
  {
    variable: 'OTEL_SERVICE_NAME',
    fallback: 'fidelis-<service>',
    reader: 'OpenTelemetry',
    docs: 'What the process is called in traces.',
  },
  {
    variable: 'OTEL_SDK_DISABLED',
    fallback: 'false',
    reader: 'OpenTelemetry',
    docs: 'true turns traces off, whatever else is set.',
  },
  {
    variable: 'FIDELIS_URL',
    fallback: 'http://127.0.0.1:8080',
    reader: 'fidelis import-tickets, the sandbox vendor',
    docs: 'Which server they speak to.',
  },
  {
    variable: 'FIDELIS_API_KEY',
    fallback: '',
    reader: 'fidelis import-tickets',
    docs: 'The key that it sends.',
  },
  {
    variable: 'SANDBOX_VENDOR_PORT',
    fallback: '8090',
    reader: 'the sandbox vendor',
    docs: 'Where it listens, on this machine only.',
  },
  {
    variable: 'SANDBOX_VENDOR_ID',
    fallback: 'sandbox',
    reader: 'the sandbox vendor',
    docs: 'Which vendor it is.',
  },
  {
    variable: 'SANDBOX_VENDOR_SECRET',
    fallback: '',
    reader: 'the sandbox vendor',
    docs: 'Signs its orders and callbacks, as the vendor was registered; unset: one for development.',
  },
  {
    variable: 'XDG_CACHE_HOME',
    fallback: '~/.cache',
    reader: 'npm run start:distributed, the tools',
    docs: 'Its folder fidelis keeps what they fetch, such as the jars of Kafka.',
  },
];

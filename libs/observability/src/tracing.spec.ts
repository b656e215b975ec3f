import { enableTracing, inSpan, traceHeaders } from '@fidelis/tracing';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';
import { createLogger } from './logger';
import { isTracingWanted } from './tracing';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

describe('tracing', () => {
  const exporter = new tracing.InMemorySpanExporter();
  const processor = new tracing.SimpleSpanProcessor(exporter);
  const sdk = new NodeSDK({
    autoDetectResources: false,
    spanProcessors: [processor],
    metricReaders: [],
    logRecordProcessors: [],
  });

  afterEach(() => {
    exporter.reset();
  });
  afterAll(() => sdk.shutdown());

  it('is off unless a standard variable asks for it', () => {
    expect(isTracingWanted({})).toBe(false);
    expect(isTracingWanted({ OTEL_TRACES_EXPORTER: 'none' })).toBe(false);
    expect(isTracingWanted({ OTEL_TRACES_EXPORTER: 'otlp' })).toBe(true);
    expect(isTracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' })).toBe(true);
    const disabled = { OTEL_SDK_DISABLED: 'true', OTEL_TRACES_EXPORTER: 'otlp' };
    expect(isTracingWanted(disabled)).toBe(false);
  });

  it('costs nothing while it is off: work goes on without a span', async () => {
    expect(await inSpan({ name: 'work', kind: 'internal' }, async () => traceHeaders())).toEqual(
      {},
    );
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('carries on the trace of what caused the work, and names it in log lines', async () => {
    sdk.start();
    enableTracing();
    const lines: string[] = [];
    const log = createLogger('info', { write: (line) => lines.push(line) });
    const headers = await inSpan(
      { name: 'react', kind: 'consumer', parent: TRACEPARENT },
      async () => {
        log.info('reacted');
        return inSpan({ name: 'call', kind: 'client' }, async () => traceHeaders());
      },
    );

    expect(headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    await processor.forceFlush();
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name }) => name)).toEqual(['call', 'react']);
    expect(spans.map((span) => span.spanContext().traceId)).toEqual([TRACE, TRACE]);
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ msg: 'reacted', traceId: TRACE });
  });

  it('says of failed work that it failed, not what was said in it', async () => {
    const failing = inSpan({ name: 'work', kind: 'internal' }, () =>
      Promise.reject(new RangeError('ann@example.org is too young')),
    );
    await expect(failing).rejects.toThrow('too young');
    await processor.forceFlush();
    const [span] = exporter.getFinishedSpans();
    expect(span?.status).toEqual({ code: 2, message: 'RangeError' });
    expect(JSON.stringify(span?.events)).not.toContain('ann@example.org');
  });
});

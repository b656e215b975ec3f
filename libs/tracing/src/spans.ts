import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';

/** What a span is about, in OpenTelemetry's words. */
export interface SpanAbout {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'consumer' | 'internal';
  /** W3C trace context of what caused this; absent: what goes on here. */
  readonly parent?: string | undefined;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

let enabled = false;

/** Called once an SDK is registered. Until then nothing here costs more than this look. */
export function enableTracing(): void {
  enabled = true;
}

export function isTracing(): boolean {
  return enabled;
}

/** The W3C trace context of what goes on; absent: tracing is off. */
export function currentTraceparent(): string | undefined {
  return enabled ? traceHeaders()['traceparent'] : undefined;
}

/** For a request to another process. */
export function traceHeaders(): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  if (enabled) propagation.inject(context.active(), headers);
  return headers;
}

/** For log lines. */
export function currentTraceIds(): Readonly<Record<string, string>> {
  const span = enabled ? trace.getActiveSpan() : undefined;
  if (span === undefined) return {};
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

/** Does the work within a span that ends with it. */
export function inSpan<T>(about: SpanAbout, work: () => Promise<T>): Promise<T> {
  if (!enabled) return work();
  const started = startSpan(about);
  return context.with(started.context, async () => {
    try {
      const result = await work();
      started.end();
      return result;
    } catch (error) {
      started.end(error);
      throw error;
    }
  });
}

/** A span whose end is told by events, not by a promise. */
export interface StartedSpan {
  readonly context: Context;
  /** Runs what follows within the span. */
  run(work: () => void): void;
  attribute(name: string, value: string | number): void;
  end(error?: unknown): void;
}

export function startSpan(about: SpanAbout): StartedSpan {
  const { name, kind, parent, attributes } = about;
  const outer = parent === undefined ? context.active() : contextOf(parent);
  const tracer = trace.getTracer('fidelis');
  const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...attributes } }, outer);
  const inner = trace.setSpan(outer, span);
  return {
    context: inner,
    run: (work) => {
      context.with(inner, work);
    },
    attribute: (key, value) => {
      span.setAttribute(key, value);
    },
    end: (error) => {
      if (error !== undefined) fail(span, error);
      span.end();
    },
  };
}

function contextOf(traceparent: string): Context {
  return propagation.extract(ROOT_CONTEXT, { traceparent });
}

// The message only: what a participant said must not travel to a tracing system in a stack.
function fail(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.name : 'failed';
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

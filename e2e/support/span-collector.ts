import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
}

interface OtlpBody {
  readonly resourceSpans?: readonly {
    readonly resource?: {
      readonly attributes?: readonly {
        readonly key: string;
        readonly value: { readonly stringValue?: string };
      }[];
    };
    readonly scopeSpans?: readonly {
      readonly spans?: readonly { readonly name: string; readonly traceId: string }[];
    }[];
  }[];
}

/** Takes spans as OTLP/HTTP in JSON, as any collector does. */
export class SpanCollector {
  readonly spans: CollectedSpan[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<SpanCollector> {
    const collector: SpanCollector = new SpanCollector(
      createServer((request, response) => {
        read(request).then(
          (body) => {
            collector.take(body);
            response.setHeader('content-type', 'application/json').end('{}');
          },
          () => response.writeHead(400).end(),
        );
      }),
    );
    await new Promise<void>((resolve) => collector.server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  /** For whoever is to send spans here. */
  get environment(): Readonly<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo;
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    };
  }

  of(traceId: string): readonly CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(body: OtlpBody): void {
    for (const { resource, scopeSpans = [] } of body.resourceSpans ?? []) {
      const name = resource?.attributes?.find(({ key }) => key === 'service.name');
      const service = name?.value.stringValue ?? 'unknown';
      const spans = scopeSpans.flatMap((scope) => scope.spans ?? []);
      this.spans.push(...spans.map((span) => ({ ...span, service })));
    }
  }
}

async function read(request: IncomingMessage): Promise<OtlpBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return JSON.parse(plain.toString('utf8')) as OtlpBody;
}

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface HttpRequestSeen {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** A value that is read when somebody scrapes: label → value. */
export type Reading = () => readonly Sample[] | Promise<readonly Sample[]>;

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Observer {
  observe(value: number): void;
}

/** Prometheus metrics of one process. What others know is read by `observe` at scrape time. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'fidelis_http_request_seconds',
    help: 'Time from the beginning of a request to its answer; what waits to be begun is not in it.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  private readonly backgroundErrors = new Counter({
    name: 'fidelis_background_errors_total',
    help: 'Failures of views, processes, timers and consumers, each before its back-off.',
    labelNames: ['where'],
    registers: [this.registry],
  });
  /** Labelled children by route and status: looking labels up anew costs more than observing. */
  private readonly observers = new Map<string, Map<number, Observer>>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  readonly requestSeen = ({ method, route, status, seconds }: HttpRequestSeen): void => {
    const path = `${method} ${route}`;
    let byStatus = this.observers.get(path);
    if (byStatus === undefined) {
      byStatus = new Map();
      this.observers.set(path, byStatus);
    }
    let observer = byStatus.get(status);
    if (observer === undefined) {
      observer = this.requests.labels(method, route, String(status));
      byStatus.set(status, observer);
    }
    observer.observe(seconds);
  };

  backgroundError(where: string): void {
    this.backgroundErrors.inc({ where });
  }

  /** `labels` names every label that `read` gives. */
  gauge(about: { name: string; help: string; labels: readonly string[] }, read: Reading): void {
    new Gauge({
      name: about.name,
      help: about.help,
      labelNames: [...about.labels],
      registers: [this.registry],
      async collect() {
        const samples = await read();
        this.reset();
        for (const { labels, value } of samples) this.set({ ...labels }, value);
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}

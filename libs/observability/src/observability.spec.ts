import { Health } from './health';
import { createLogger, nestLogger } from './logger';
import { Metrics } from './metrics';

describe('the log', () => {
  const written = (write: (logger: ReturnType<typeof createLogger>) => void): string => {
    let text = '';
    write(createLogger('debug', { write: (line: string) => void (text += line) }));
    return text;
  };

  it('never shows keys, tokens or personal fields', () => {
    const text = written((logger) => {
      logger.info({ authorization: 'Bearer s3cret', headers: { authorization: 'Bearer s3cret' } });
      logger.info({ request: { body: { email: 'ann@example.org' } }, adminKey: 's3cret' }, 'hello');
    });
    expect(text).not.toMatch(/s3cret|example\.org/);
    expect(text).toContain('"level":"info"');
  });

  it("takes Nest's messages", () => {
    const text = written((logger) => {
      nestLogger(logger).error('no provider', 'the stack', 'Injector');
    });
    expect(JSON.parse(text)).toMatchObject({
      level: 'error',
      context: 'Injector',
      stack: 'the stack',
      msg: 'no provider',
    });
  });
});

describe('the metrics', () => {
  it('count requests by route and status, and read gauges when they are asked for', async () => {
    const metrics = new Metrics();
    let lag = 3;
    metrics.gauge({ name: 'fidelis_view_lag', help: 'Lag.', labels: ['view'] }, () => [
      { labels: { view: 'entries' }, value: lag },
    ]);
    metrics.requestSeen({ method: 'GET', route: '/v1/a/:id', status: 200, seconds: 0.002 });
    metrics.requestSeen({ method: 'GET', route: '/v1/a/:id', status: 200, seconds: 0.002 });
    lag = 5;
    const text = await metrics.text();
    expect(text).toContain(
      'fidelis_http_request_seconds_count{method="GET",route="/v1/a/:id",status="200"} 2',
    );
    expect(text).toContain('fidelis_view_lag{view="entries"} 5');
  });
});

describe('health', () => {
  it('is ready when every check passes, and says what is wrong', async () => {
    const health = new Health();
    health.addLive('process', () => undefined);
    health.addReady('views', () => 'entries is behind');
    health.addReady('store', () => Promise.reject(new Error('away')));
    expect(await health.live()).toEqual([{ name: 'process', ok: true }]);
    expect(await health.ready()).toEqual([
      { name: 'process', ok: true },
      { name: 'views', ok: false, detail: 'entries is behind' },
      { name: 'store', ok: false, detail: 'away' },
    ]);
  });

  it('is not ready while it shuts down, but lives', async () => {
    const health = new Health();
    health.startDraining();
    expect((await health.ready()).map(({ ok }) => ok)).toEqual([false]);
    expect(await health.live()).toEqual([]);
  });
});

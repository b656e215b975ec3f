import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isTracing, startSpan, type StartedSpan } from '@fidelis/tracing';

/** Each request in a span, within the trace of whoever sent it. Nothing where tracing is off. */
export function installTracing(fastify: FastifyInstance): void {
  if (!isTracing()) return;
  const spans = new WeakMap<FastifyRequest, StartedSpan>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method, routeOptions, headers } = request;
    const route = routeOptions.url ?? 'unknown';
    const span = startSpan({
      name: `${method} ${route}`,
      kind: 'server',
      parent: headers['traceparent'] as string | undefined,
      attributes: { 'http.request.method': method, 'http.route': route },
    });
    spans.set(request, span);
    done();
  });
  // After the body was read: its bytes come in turns of the event loop that know no span.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else span.run(done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.attribute('http.response.status_code', reply.statusCode);
    span?.end(reply.statusCode >= 500 ? new Error('answered 5xx') : undefined);
    done();
  });
}

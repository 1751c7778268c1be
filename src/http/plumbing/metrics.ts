import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../telemetry/metrics';

/** Times every request by route pattern, never by URL, which may contain ids and tokens. */
export function measureRequests(app: FastifyInstance, metrics: Pick<Metrics, 'httpRequest'>): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.httpRequest({ method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime });
    done();
  });
}

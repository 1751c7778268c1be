import type { FastifyInstance } from 'fastify';
import { databaseProblem } from '../store/health';
import type { HttpDependencies } from './dependencies';
import { loggable } from './errors';

/**
 * `/healthz`: the process is alive, whatever else is away. `/readyz`: database and Temporal were reached just now; 503
 * and a sentence for each that was not. Meetings are accepted while only Temporal is away.
 */
export function registerHealth(app: FastifyInstance, deps: Pick<HttpDependencies, 'db' | 'temporal' | 'log'>): void {
  app.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }));

  app.get('/readyz', { schema: { hide: true } }, async (request, reply) => {
    const [database, temporal] = await Promise.all([
      databaseProblem(deps.db).catch((error: unknown) => {
        request.log.error(loggable(error), 'readiness: database');
        return 'The database cannot be used: see the log.';
      }),
      deps.temporal.problem(),
    ]);
    const ready = database === null && temporal === null;
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      database: database ?? 'reached',
      temporal: temporal ?? 'reached',
    });
  });
}

import type { FastifyInstance } from 'fastify';
import { INSTANCE_HEADER } from '../listening';
import { databaseProblem } from '../store/health';
import type { HttpDependencies } from './dependencies';
import { loggable } from './errors';

/**
 * `/healthz`: the process is alive, whatever else is away. `/readyz`: database and Temporal were reached just now; 503
 * and a sentence for each that was not. Meetings are accepted while only Temporal is away.
 */
export function registerHealth(
  app: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'temporal' | 'log' | 'config'>,
): void {
  const { instanceId } = deps.config;
  app.get('/healthz', { schema: { hide: true } }, (_request, reply) =>
    reply.header(INSTANCE_HEADER, instanceId).send({ status: 'ok' }),
  );

  app.get('/readyz', { schema: { hide: true } }, async (request, reply) => {
    const [database, temporal] = await Promise.all([
      databaseProblem(deps.db).catch((error: unknown) => {
        request.log.error(loggable(error), 'readiness: database');
        return 'The database cannot be used: see the log.';
      }),
      deps.temporal.problem(),
    ]);
    const ready = database === null && temporal === null;
    return reply
      .code(ready ? 200 : 503)
      .header(INSTANCE_HEADER, instanceId)
      .send({
        status: ready ? 'ready' : 'not ready',
        database: database ?? 'reached',
        temporal: temporal ?? 'reached',
      });
  });
}

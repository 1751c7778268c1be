import type { FastifyInstance } from 'fastify';
import { checkKeys, missingKeysSentence } from '../encryption-keys';
import { INSTANCE_HEADER } from '../listening';
import { databaseProblem } from '../store/health';
import type { HttpDependencies } from './dependencies';
import { loggable } from './errors';

/** How long an answer about readiness is kept. */
const KEPT_MS = 1_000;

/**
 * `/healthz`: the process is alive, whatever else is away. `/readyz`: the database takes writes, Temporal was reached just
 * now and no encryption key is missing; 503 and a sentence for each that does not hold. Meetings are accepted while only
 * Temporal or a key is away.
 */
export function registerHealth(
  app: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'secrets' | 'temporal' | 'log' | 'config'>,
): void {
  const { instanceId } = deps.config;
  app.get('/healthz', { schema: { hide: true } }, (_request, reply) =>
    reply.header(INSTANCE_HEADER, instanceId).send({ status: 'ok' }),
  );

  const look = async () =>
    await Promise.all([
      databaseProblem(deps.db).catch((error: unknown) => {
        deps.log.error(loggable(error), 'readiness: database');
        return 'The database cannot be used: see the log.';
      }),
      deps.temporal.problem(),
      // A database that is away says so itself.
      checkKeys(deps).then(missingKeysSentence, () => null),
    ]);
  // Anybody may ask, as often as they like: one look serves all who ask within a second.
  let looked: { readonly at: number; readonly found: ReturnType<typeof look> } | null = null;

  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    if (looked === null || performance.now() - looked.at > KEPT_MS) looked = { at: performance.now(), found: look() };
    const [database, temporal, keys] = await looked.found;
    const ready = database === null && temporal === null && keys === null;
    return reply
      .code(ready ? 200 : 503)
      .header(INSTANCE_HEADER, instanceId)
      .send({
        status: ready ? 'ready' : 'not ready',
        database: database ?? 'reached',
        temporal: temporal ?? 'reached',
        ...(keys === null ? {} : { encryptionKeys: keys }),
      });
  });
}

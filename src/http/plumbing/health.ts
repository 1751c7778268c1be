import type { FastifyInstance } from 'fastify';
import { checkKeys, missingKeysSentence } from '../../connection/encryption-keys';
import { INSTANCE_HEADER } from '../../runtime/listen';
import { databaseProblem } from '../../store/health';
import type { HttpDependencies } from '../dependencies';
import { loggable } from './errors';

/** The result of a readiness check is reused for this long. */
const KEPT_MS = 1_000;
/** The check of the encryption keys reads every stored token, and keys change with a restart only. */
const KEYS_KEPT_MS = 60_000;

/**
 * `/healthz`: the process is alive. `/readyz`: the database accepts writes, Temporal can be reached and no encryption
 * key is missing or has another value; otherwise 503 with a sentence for each problem. Meetings are still accepted if only Temporal or a key
 * is missing.
 */
export function registerHealth(
  app: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'secrets' | 'temporal' | 'log' | 'config'>,
): void {
  const { instanceId } = deps.config;
  app.get('/healthz', { schema: { hide: true }, config: { access: 'public' } }, (_request, reply) =>
    reply.header(INSTANCE_HEADER, instanceId).send({ status: 'ok' }),
  );

  const keyProblem = keptFor(KEYS_KEPT_MS, async () => missingKeysSentence(await checkKeys(deps)));
  const check = async () =>
    await Promise.all([
      databaseProblem(deps.db).catch((error: unknown) => {
        deps.log.error(loggable(error), 'not ready: the database cannot be used');
        return 'The database cannot be used: see the log.';
      }),
      deps.temporal.problem(),
      // The first check already reports an unavailable database.
      keyProblem().catch(() => null),
    ]);
  // The route is public, so one check serves all requests within a second.
  const checked = keptFor(KEPT_MS, check);

  app.get('/readyz', { schema: { hide: true }, config: { access: 'public' } }, async (_request, reply) => {
    const [database, temporal, keys] = await checked();
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

/** Reuses a result for some time. Concurrent callers share one call. A failure is not kept. */
function keptFor<T>(ms: number, find: () => Promise<T>): () => Promise<T> {
  let latest: { readonly at: number; readonly result: Promise<T> } | null = null;
  return async () => {
    if (latest === null || performance.now() - latest.at > ms) latest = { at: performance.now(), result: find() };
    const { result } = latest;
    try {
      return await result;
    } catch (error) {
      latest = null;
      throw error;
    }
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Logger } from 'pino';
import type { Config } from './config';
import { BackfillDispatcher } from './dispatch/backfill-dispatcher';
import { buildApp } from './http/app';
import type { TemporalHealth } from './http/dependencies';
import { LostRuns } from './dispatch/lost-runs';
import { listen, openListener, portOf, ServerStartError } from './runtime/listen';
import { CrmChangeDispatcher } from './dispatch/crm-change-dispatcher';
import { startWithKeys } from './connection/encryption-keys';
import { ServiceWatch } from './dispatch/service-watch';
import { NoticeDispatcher } from './dispatch/notice-dispatcher';
import { JournalDispatcher } from './dispatch/journal-dispatcher';
import { OutageLog } from './telemetry/outage-log';
import { openProduct, type Product } from './runtime/container';
import { ReconciliationDispatcher } from './dispatch/reconciliation-dispatcher';
import { isDatabaseUnavailable } from './store/failures';
import { databaseProblem, MIGRATION_DUE } from './store/health';
import type { DbPool } from './store/database';
import { ensureBootstrapKey } from './store/access/workspaces';
import { runRequeues } from './dispatch/requeues';
import { runRetention } from './dispatch/retention';
import { SyncDispatcher } from './dispatch/sync-dispatcher';
import { createMetricsServer } from './runtime/metrics-server';
import { untilAborted } from './runtime/until-aborted';
import { openTracing } from './telemetry/tracing';
import { missingSearchAttributes, registerCommand } from './temporal/prepare-namespace';

/** How long `/readyz` waits for Temporal. */
const TEMPORAL_HEALTH_MS = 2_000;
const BOOTSTRAP_RETRY_MS = 2_000;
/** Running requests may finish within this time before the process exits. */
const CLOSE_WITHIN_MS = 20_000;

/**
 * Runs the server until SIGINT or SIGTERM. It starts even when Temporal or PostgreSQL is unreachable: it accepts meetings
 * without Temporal, and `/readyz` reports what is unreachable.
 *
 * @throws {@link ServerStartError} when a port is taken or the database has another version
 */
export async function runServer(config: Config, log: Logger): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  const tracing = openTracing(config, 'hubspot-meeting-sync-server', log);
  const product = openProduct(config, log, { tracing });
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  // No retry interceptor: the outbox retries. The SDK's retries would block callers during an outage of Temporal, and a
  // retry timer that fires after the connection is closed ends the process ("Channel has been shut down").
  const connection = Connection.lazy({ ...connectionOptions, interceptors: [] });
  const temporal = new Client({ connection, namespace, interceptors: { workflow: tracing.client } });
  const dispatchers = openDispatchers(product, temporal, log);
  const metrics = createMetricsServer(product.metrics, config);
  let close: () => Promise<void> = () => Promise.resolve();
  let background: Promise<unknown> = Promise.resolve();
  try {
    await checkVersion(product.db);
    const key = bootstrap(product.db, config.bootstrapApiKey, log, stop.signal);
    // With a reachable database, the key is valid before the first request. Without one, the server starts anyway.
    await Promise.race([key, delay(BOOTSTRAP_RETRY_MS, undefined, { ref: false })]);
    await listen(metrics, config.metricsPort, 'METRICS_PORT', config.metricsHost);
    const listener = await openListener(config.port, 'PORT', config.host);
    close = async () => await listener.close();
    const publicUrl = config.publicUrl ?? `http://localhost:${listener.port}`;
    const app = await buildApp(
      {
        ...product,
        config: { ...config, publicUrl },
        ...dispatchers,
        temporal: temporalHealth(connection, namespace, log),
        temporalUi: { temporalUiUrl: config.temporalUiUrl, namespace },
      },
      listener,
    );
    close = async () => await app.close();
    background = Promise.all([
      key,
      startWithKeys(product, stop.signal),
      dispatchers.run(stop.signal),
      runRetention(product, stop.signal),
      runRequeues(product, stop.signal),
      new ServiceWatch({ ...product, publicUrl }).run(stop.signal),
    ]);
    log.info({ port: listener.port, metricsPort: portOf(metrics), publicUrl }, 'server ready');
    await untilAborted(stop.signal);
    log.info('server stopping, waiting for running requests');
  } finally {
    stop.abort();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
    await Promise.race([close(), delay(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    await background.catch((error: unknown) =>
      log.warn({ error: String(error) }, 'background work ended with an error'),
    );
    metrics.close();
    await connection.close();
    await product.usage.flush();
    await product.db.destroy();
    await tracing.close();
  }
}

/** Opens all that hands stored requests to Temporal. `run` polls for them until the signal aborts. */
function openDispatchers(product: Product, temporal: Client, log: Logger) {
  const dispatch = { ...product, temporal, outages: new OutageLog(log) };
  const starter = new SyncDispatcher(dispatch);
  const backfiller = new BackfillDispatcher(dispatch);
  const changes = new CrmChangeDispatcher(dispatch);
  const reconciler = new ReconciliationDispatcher(dispatch);
  const follower = new JournalDispatcher(dispatch);
  const notifier = new NoticeDispatcher(dispatch);
  const lostRuns = new LostRuns({ ...dispatch, backfiller, reconciler });
  return {
    starter,
    changes,
    reconciler,
    run: (signal: AbortSignal) =>
      Promise.all([starter, backfiller, changes, lostRuns, follower, notifier].map((each) => each.run(signal))),
  };
}

/** Gives the workspace `default` its key. Waits while the database is unreachable. */
async function bootstrap(db: DbPool, apiKey: string | null, log: Logger, signal: AbortSignal): Promise<void> {
  if (apiKey === null) return;
  while (!signal.aborted) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- retries
      const good = await ensureBootstrapKey(db, apiKey);
      if (!good) log.warn('BOOTSTRAP_API_KEY is ignored: the workspace "default" already has another key');
      return;
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      log.warn(
        { error: String(error) },
        'the database cannot be reached; BOOTSTRAP_API_KEY will be stored when it can',
      );
      // oxlint-disable-next-line no-await-in-loop -- as above
      await delay(BOOTSTRAP_RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function checkVersion(db: DbPool): Promise<void> {
  const problem = await databaseProblem(db);
  if (problem === MIGRATION_DUE) throw new ServerStartError(problem);
}

/**
 * Checks the namespace, not only the port, because Temporal is unusable with an unknown namespace, a rejected API key or
 * without our search attributes. On Temporal Cloud, some keys may not list search attributes; that check then passes.
 */
function temporalHealth(connection: Connection, namespace: string, log: Logger): TemporalHealth {
  return {
    async problem() {
      const asked = connection.withDeadline(Date.now() + TEMPORAL_HEALTH_MS, async () => {
        await connection.workflowService.describeNamespace({ namespace });
        const missing = await missingSearchAttributes(connection, namespace).catch(() => []);
        return missing.length === 0 ? null : sentenceOnMissing(missing, namespace);
      });
      const late = delay(TEMPORAL_HEALTH_MS, 'Temporal cannot be reached: it did not answer.', { ref: false });
      try {
        return await Promise.race([asked, late]);
      } catch (error) {
        // The error contains internal addresses, and anyone may call /readyz.
        log.warn({ error: String(error) }, 'not ready: Temporal cannot be used');
        return 'Temporal cannot be used: see the log.';
      }
    },
  };
}

function sentenceOnMissing(missing: readonly string[], namespace: string): string {
  return `Temporal rejects every sync: namespace ${namespace} lacks the search attributes ${missing.join(', ')}. Start a worker, which registers them, or run: ${registerCommand(missing, namespace)}`;
}

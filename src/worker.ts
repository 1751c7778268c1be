import { hostname } from 'node:os';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from './activities';
import type { ActivityDependencies } from './activities/dependencies';
import type { DeliveryDependencies } from './activities/notices/deliver';
import { stepHistory } from './activities/interceptors/history';
import { failureInterceptor } from './activities/interceptors/failures';
import { stepLogging } from './activities/interceptors/logging';
import { aroundActivities } from './activities/interceptors/step';
import { backgroundUrgency } from './activities/interceptors/urgency';
import type { Config } from './config';
import { startWithKeys } from './connection/encryption-keys';
import { listen, portOf } from './runtime/listen';
import { causeText } from './telemetry/outage-log';
import { Presence } from './runtime/presence';
import { openProduct, type Product, type ProductOptions } from './runtime/container';
import { createMetricsServer } from './runtime/metrics-server';
import { sdkLog } from './telemetry/sdk-log';
import { sdkMetrics } from './runtime/sdk-metrics';
import { openTracing } from './telemetry/tracing';
import { bulkTaskQueue, noticesTaskQueue, SEARCH_ATTRIBUTES, TASK_QUEUE } from './temporal/names';
import { registerCommand, registerSearchAttributes } from './temporal/prepare-namespace';
import { workflowBundle } from './temporal/workflow-bundle';

/**
 * Longer than one HubSpot request (20 s), so that a deployment interrupts none. Temporal then gives the remaining tasks to
 * other workers.
 */
const SHUTDOWN_GRACE = '25s';
const SHUTDOWN_FORCE = '40s';

/** Live syncs: a step takes a second, and waits for HubSpot most of the time. */
const STEPS_AT_ONCE = 100;
/** Accounts with bulk passes at once. Each keeps up to a hundred meetings in memory and under way. */
const BULK_PASSES_AT_ONCE = 10;

/** Receivers of notices that are served at once. One that does not answer takes a slot for 15 s at a time. */
const DELIVERIES_AT_ONCE = 50;

/** The Temporal workers of a process. */
export interface WorkerSet {
  /** Workflows, and the activities of the product's task queue. */
  readonly live: Worker;
  /** Bulk passes only ({@link bulkTaskQueue}). */
  readonly bulk: Worker;
  /** Deliveries of notices only ({@link noticesTaskQueue}). */
  readonly notices: Worker;
}

/**
 * Creates the workers over one connection. The runtime stops them on SIGINT and SIGTERM.
 *
 * `stickyQueueScheduleToStartTimeout`: after a worker is killed, its workflows wait this long (Temporal's default is 10 s).
 * `maxCachedWorkflows`: a waiting sync takes about 0.35 MB of cache, so this bounds the memory of many waiting ones.
 *
 * @param options - what they have in common. `taskQueue`: `@default` the product's
 */
export async function createWorkers(
  dependencies: ActivityDependencies & DeliveryDependencies & Pick<Product, 'metrics' | 'tracing'>,
  {
    workflowBundle: bundle,
    ...options
  }: Partial<WorkerOptions> & Required<Pick<WorkerOptions, 'connection' | 'namespace' | 'workflowBundle'>>,
): Promise<WorkerSet> {
  const { tracing } = dependencies;
  const { taskQueue = TASK_QUEUE } = options;
  const activities = createActivities(dependencies);
  const common = {
    interceptors: {
      activity: [
        ...tracing.activity,
        aroundActivities(stepLogging(dependencies)),
        aroundActivities(stepHistory(dependencies)),
        failureInterceptor(dependencies),
        backgroundUrgency,
      ],
    },
    // By default, the SDK delays heartbeats by up to four fifths of their time-out, so that a short stall would look like
    // a lost worker.
    maxHeartbeatThrottleInterval: '3s',
    defaultHeartbeatThrottleInterval: '3s',
    shutdownForceTime: SHUTDOWN_FORCE,
    ...options,
  } satisfies Partial<WorkerOptions>;
  const live = await Worker.create({
    shutdownGraceTime: SHUTDOWN_GRACE,
    ...common,
    taskQueue,
    workflowBundle: bundle,
    // `syncInBulk` is among them, because runs that an earlier version began schedule it on this queue.
    activities,
    sinks: tracing.sinks,
    maxConcurrentActivityTaskExecutions: STEPS_AT_ONCE,
    maxCachedWorkflows: 1_000,
    stickyQueueScheduleToStartTimeout: '3s',
  });
  const bulk = await Worker.create({
    ...common,
    taskQueue: bulkTaskQueue(taskQueue),
    activities: { syncInBulk: activities.syncInBulk },
    maxConcurrentActivityTaskExecutions: BULK_PASSES_AT_ONCE,
    // A bulk pass learns of the shutdown at once: it claims no more meetings, and those under way end their step.
    shutdownGraceTime: 0,
  });
  const notices = await Worker.create({
    shutdownGraceTime: SHUTDOWN_GRACE,
    ...common,
    taskQueue: noticesTaskQueue(taskQueue),
    activities: { deliverNotices: activities.deliverNotices },
    maxConcurrentActivityTaskExecutions: DELIVERIES_AT_ONCE,
  });
  return { live, bulk, notices };
}

/** Runs the workers until all have stopped. If one fails, the others stop, too. @throws the failure */
export async function runWorkers({ live, bulk, notices }: WorkerSet): Promise<void> {
  const workers = [live, bulk, notices];
  const runs = workers.map((worker) =>
    worker.run().finally(() => {
      for (const other of workers) if (other.getState() === 'RUNNING') other.shutdown();
    }),
  );
  await Promise.allSettled(runs);
  await Promise.all(runs);
}

/**
 * Worker Versioning, if the environment names a version. Runs upgrade to the current version automatically: every
 * workflow change is patched, and a pinned run would keep an old worker alive for up to 30 days.
 */
function deploymentOptions({ workerVersion }: Config): WorkerOptions['workerDeploymentOptions'] {
  if (workerVersion === null) return undefined;
  return { version: workerVersion, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' };
}

/**
 * Runs a worker until SIGINT or SIGTERM.
 *
 * @throws when Temporal is unreachable at the start. The supervisor restarts the worker, and a worker that does not poll
 *   never looks healthy
 */
export async function runWorker(config: Config, log: Logger, options: ProductOptions = {}): Promise<void> {
  const temporalMetrics = await sdkMetrics();
  Runtime.install({
    logger: new DefaultLogger('INFO', sdkLog(log)),
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      metrics: temporalMetrics.options,
    },
  });
  const stop = new AbortController();
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const tracing = openTracing(config, 'hubspot-meeting-sync-worker', log);
  const product = openProduct(config, log, { tracing, ...options });
  const presence = new Presence({ ...product, connection, namespace: namespace ?? 'default' });
  const metricsServer = createMetricsServer(product.metrics, {
    instanceId: config.instanceId,
    others: temporalMetrics.read,
    problem: () => presence.problem,
  });
  try {
    await prepareNamespace(connection, namespace ?? 'default', log);
    await listen(metricsServer, config.metricsPort, 'METRICS_PORT', config.metricsHost);
    const workers = await createWorkers(product, {
      workflowBundle: await workflowBundle(),
      workerDeploymentOptions: deploymentOptions(config),
      connection,
      namespace: namespace ?? 'default',
      // Unique among the pollers of a task queue, even when one machine runs several workers.
      identity: `${process.pid}@${hostname()}/${config.instanceId}`,
    });
    log.info({ taskQueue: TASK_QUEUE, metricsPort: portOf(metricsServer), ...config.workerVersion }, 'worker ready');
    const polling = [
      { worker: workers.live, tasks: ['workflow', 'activity'] },
      { worker: workers.bulk, tasks: ['activity'] },
      { worker: workers.notices, tasks: ['activity'] },
    ] as const;
    const background = Promise.all([startWithKeys(product, stop.signal), presence.run(polling, stop.signal)]);
    await runWorkers(workers);
    stop.abort();
    await background;
  } finally {
    stop.abort();
    metricsServer.close();
    await connection.close();
    await product.usage.flush();
    await product.db.destroy();
    await tracing.close();
  }
}

/** Registers our search attributes. If this user may not, `/readyz` lists the missing ones. */
async function prepareNamespace(connection: NativeConnection, namespace: string, log: Logger): Promise<void> {
  try {
    const registered = await registerSearchAttributes(connection, namespace);
    if (registered.length > 0) log.info({ namespace, registered }, 'search attributes registered');
  } catch (error) {
    const command = registerCommand(Object.keys(SEARCH_ATTRIBUTES), namespace);
    log.warn({ namespace, error: causeText(error) }, `search attributes could not be registered; by hand: ${command}`);
  }
}

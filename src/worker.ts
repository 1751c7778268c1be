import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from './activities';
import type { ActivityDependencies } from './activities/dependencies';
import { judgingInterceptor } from './activities/interceptor';
import type { Config } from './config';
import { openProduct } from './product';
import { TASK_QUEUE } from './temporal/names';

/** Longer than one HubSpot request (20 s), so that a deployment cuts none off; then Temporal hands the rest to others. */
const SHUTDOWN_GRACE = '25s';
const SHUTDOWN_FORCE = '40s';

/**
 * A worker's options, shared by {@link runWorker} and the tests.
 *
 * `stickyQueueScheduleToStartTimeout`: after a killed worker its workflows wait this long (10 s by default). A parked
 * sync holds about 0.35 MB of cache, so `maxCachedWorkflows` bounds the memory of many parked ones.
 */
export function workerOptions(dependencies: ActivityDependencies) {
  return {
    taskQueue: TASK_QUEUE,
    workflowsPath: require.resolve('./workflows'),
    activities: createActivities(dependencies),
    interceptors: { activity: [judgingInterceptor(dependencies)] },
    maxConcurrentActivityTaskExecutions: 100,
    maxCachedWorkflows: 1_000,
    stickyQueueScheduleToStartTimeout: '3s',
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
  } satisfies Partial<WorkerOptions>;
}

/**
 * Runs a worker until SIGINT or SIGTERM. Temporal being away at the start ends it with an error: whoever supervises it
 * starts it again, and nobody takes a worker that polls nothing for a healthy one.
 */
export async function runWorker(config: Config, log: Logger): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => log[pinoLevel(level)]({ ...meta }, message)),
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      metrics: { prometheus: { bindAddress: `0.0.0.0:${config.metricsPort}` } },
    },
  });
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const product = openProduct(config, log);
  try {
    const worker = await Worker.create({ ...workerOptions(product), connection, namespace: namespace ?? 'default' });
    log.info({ taskQueue: TASK_QUEUE }, 'worker ready');
    await worker.run();
  } finally {
    await connection.close();
    await product.db.destroy();
  }
}

function pinoLevel(level: string): 'trace' | 'debug' | 'info' | 'warn' | 'error' {
  switch (level) {
    case 'TRACE':
      return 'trace';
    case 'DEBUG':
      return 'debug';
    case 'INFO':
      return 'info';
    case 'WARN':
      return 'warn';
    default:
      return 'error';
  }
}

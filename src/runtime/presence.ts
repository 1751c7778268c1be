import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { OutageLog } from '../telemetry/outage-log';
import { recordHeartbeat, recordStop } from '../store/processes/processes';
import type { DbPool } from '../store/database';

const HEARTBEAT_MS = 10_000;
/** A worker that is not ready is checked more often, because a deployment waits for it. */
const STARTING_CHECK_MS = 500;
const TEMPORAL_TIMEOUT_MS = 3_000;
/** `temporal.api.enums.v1.TaskQueueType`. */
const TASK_QUEUE_TYPES = { workflow: 1, activity: 2 } as const;

/** A Temporal worker of the process, and the tasks that it polls for. */
export interface PollingWorker {
  readonly worker: Pick<Worker, 'getState' | 'options'>;
  readonly tasks: readonly (keyof typeof TASK_QUEUE_TYPES)[];
}

/** Reports whether a worker process is ready: to the database, where pages read it, and to `/ready`. */
export class Presence {
  readonly #db: DbPool;
  readonly #outages: OutageLog;
  readonly #connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>;
  readonly #namespace: string;
  #problem: string | null = 'The worker does not poll Temporal yet.';

  constructor(dependencies: {
    db: DbPool;
    log: Logger;
    connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>;
    namespace: string;
  }) {
    this.#db = dependencies.db;
    this.#outages = new OutageLog(dependencies.log);
    this.#connection = dependencies.connection;
    this.#namespace = dependencies.namespace;
  }

  /** One sentence why the worker does not poll for tasks, or null while it does. */
  get problem(): string | null {
    return this.#problem;
  }

  /**
   * Checks the workers and records their state until the signal aborts.
   *
   * @param workers - all of the process. They share an identity
   */
  async run(workers: readonly [PollingWorker, ...PollingWorker[]], signal: AbortSignal): Promise<void> {
    const { identity } = workers[0].worker.options;
    while (!signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- polls
      const problems = await Promise.all(workers.map((each) => this.#check(each)));
      this.#problem = problems.find((problem) => problem !== null) ?? null;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await this.#write(() => recordHeartbeat(this.#db, { id: identity, polls: this.#problem === null }));
      const pause = this.#problem === null ? HEARTBEAT_MS : STARTING_CHECK_MS;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
    this.#problem = 'The worker is stopping.';
    await this.#write(() => recordStop(this.#db, identity));
  }

  /** Checks Temporal's list of pollers too: a worker that is not on it does no work, even if its state is RUNNING. */
  async #check({ worker, tasks }: PollingWorker): Promise<string | null> {
    const state = worker.getState();
    const { identity, taskQueue } = worker.options;
    if (state !== 'RUNNING') return `The worker is ${state.toLowerCase()}.`;
    try {
      const queues = await this.#connection.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, () =>
        Promise.all(
          tasks.map((task) =>
            this.#connection.workflowService.describeTaskQueue({
              namespace: this.#namespace,
              taskQueue: { name: taskQueue },
              taskQueueType: TASK_QUEUE_TYPES[task],
            }),
          ),
        ),
      );
      const polls = queues.every(({ pollers }) => pollers?.some((poller) => poller.identity === identity));
      return polls ? null : `Temporal does not list this worker on the task queue ${taskQueue} yet.`;
    } catch (error) {
      this.#outages.failed(error, 'the worker cannot reach Temporal');
      return 'Temporal cannot be reached.';
    }
  }

  async #write(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#outages.failed(error, 'the heartbeat of the worker could not be written');
    }
  }
}

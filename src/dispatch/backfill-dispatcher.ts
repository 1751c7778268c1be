import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { DispatchDependencies } from './dependencies';
import { OutageLog, TEMPORAL_WORKS } from '../telemetry/outage-log';
import {
  dueBackfills,
  forgetBrokenOff,
  runningBackfills,
  noteBackfillStarted,
  type BackfillKey,
} from '../store/jobs/backfills';
import type { Database } from '../store/schema';
import { sweepUntil } from './polling-loop';
import { backfillWorkflowId, TASK_QUEUE } from '../temporal/names';
import type { BackfillWorkflow } from '../workflows/backfill';

const STARTED_AT_ONCE = 20;
const TEMPORAL_TIMEOUT_MS = 3_000;

/**
 * Starts the workflows of accepted backfills. The database keeps a backfill until Temporal has accepted its workflow.
 */
export class Backfiller {
  readonly #db: Kysely<Database>;
  readonly #temporal: Client;
  readonly #log: Logger;
  readonly #outages: OutageLog;
  readonly #timeScale: number;
  readonly #taskQueue: string;

  constructor(dependencies: DispatchDependencies) {
    this.#db = dependencies.db;
    this.#temporal = dependencies.temporal;
    this.#log = dependencies.log;
    this.#outages = dependencies.outages ?? new OutageLog(dependencies.log);
    this.#timeScale = dependencies.timeScale;
    this.#taskQueue = dependencies.taskQueue ?? TASK_QUEUE;
  }

  /** Sweeps until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.#log, 'backfills', () => this.sweep());
  }

  /** One sweep: starts accepted backfills, and deletes files that were not received completely. */
  async sweep(): Promise<void> {
    const due = await dueBackfills(this.#db, STARTED_AT_ONCE);
    await Promise.all(due.map((key) => this.#start(key)));
    await forgetBrokenOff(this.#db);
  }

  /** Starts the workflows of running backfills again. This has no effect on a running workflow; a lost one resumes. */
  async restart(): Promise<void> {
    const running = await runningBackfills(this.#db);
    await Promise.all(running.map((key) => this.#start(key)));
  }

  async #start({ workspaceId, backfillId }: BackfillKey): Promise<void> {
    try {
      await this.#temporal.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, () =>
        this.#temporal.workflow.start<typeof BackfillWorkflow>('BackfillWorkflow', {
          workflowId: backfillWorkflowId(workspaceId, backfillId),
          workflowIdConflictPolicy: 'USE_EXISTING',
          taskQueue: this.#taskQueue,
          args: [{ workspaceId, backfillId, ...(this.#timeScale === 1 ? {} : { timeScale: this.#timeScale }) }],
          priority: { fairnessKey: workspaceId },
          staticSummary: `Backfill of workspace ${workspaceId} → HubSpot`,
        }),
      );
      this.#outages.worked(TEMPORAL_WORKS);
      await noteBackfillStarted(this.#db, backfillId);
      this.#log.debug({ workspaceId, backfillId }, 'backfill started');
    } catch (error) {
      this.#outages.failed(error, 'Temporal did not accept a backfill; it is kept and retried', {
        workspaceId,
        backfillId,
      });
    }
  }
}

import { Dispatcher } from './dispatcher';
import { TEMPORAL_WORKS } from '../telemetry/outage-log';
import {
  dueBackfills,
  deleteAbandonedUploads,
  runningBackfills,
  recordBackfillStart,
  type BackfillKey,
} from '../store/jobs/backfills';
import { sweepUntil } from './polling-loop';
import { backfillWorkflowId } from '../temporal/names';
import type { BackfillWorkflow } from '../workflows/backfill';

const STARTED_AT_ONCE = 20;

/**
 * Starts the workflows of accepted backfills. The database keeps a backfill until Temporal has accepted its workflow.
 */
export class BackfillDispatcher extends Dispatcher {
  /** Sweeps until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.log, 'backfills', () => this.sweep());
  }

  /** One sweep: starts accepted backfills, and deletes files that were not received completely. */
  async sweep(): Promise<void> {
    const due = await dueBackfills(this.db, STARTED_AT_ONCE);
    await Promise.all(due.map((key) => this.#start(key)));
    await deleteAbandonedUploads(this.db);
  }

  /** Starts the workflows of running backfills again. This has no effect on a running workflow; a lost one resumes. */
  async restart(): Promise<void> {
    const running = await runningBackfills(this.db);
    await Promise.all(running.map((key) => this.#start(key)));
  }

  async #start({ workspaceId, backfillId }: BackfillKey): Promise<void> {
    try {
      await this.withTimeout(() =>
        this.temporal.workflow.start<typeof BackfillWorkflow>('BackfillWorkflow', {
          workflowId: backfillWorkflowId(workspaceId, backfillId),
          workflowIdConflictPolicy: 'USE_EXISTING',
          taskQueue: this.taskQueue,
          args: [{ workspaceId, backfillId, ...this.scaled }],
          priority: { fairnessKey: workspaceId },
          staticSummary: `Backfill of workspace ${workspaceId} → HubSpot`,
        }),
      );
      this.outages.worked(TEMPORAL_WORKS);
      await recordBackfillStart(this.db, backfillId);
      this.log.debug({ workspaceId, backfillId }, 'backfill started');
    } catch (error) {
      this.outages.failed(error, 'Temporal did not accept a backfill; it is kept and retried', {
        workspaceId,
        backfillId,
      });
    }
  }
}

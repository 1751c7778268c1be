import { ScheduleAlreadyRunning } from '@temporalio/client';
import { Dispatcher } from './dispatcher';
import { SYSTEM, type Actor } from '../store/audit/actor';
import { beginReconciliation, longReconciliations } from '../store/jobs/reconciliations';
import { DAILY_RECONCILIATION, reconcileWorkflowId } from '../temporal/names';
import type { ReconcileWorkflow } from '../workflows/reconcile';

/** The nightly run handles one workspace after the other, so a reconciliation counts as lost only after this time. */
const LONG_MS = 3_600_000;

/** Starts reconciliations: on demand, and by a schedule every night. */
export class ReconciliationDispatcher extends Dispatcher {
  /**
   * Starts a reconciliation of the workspace, or joins the one that is running.
   *
   * @returns its id, or null when Temporal did not accept it. A repeated call continues with the same reconciliation
   */
  async start(workspaceId: string, actor: Actor): Promise<string | null> {
    const reconciliationId = await beginReconciliation(this.db, workspaceId, actor);
    try {
      await this.#startWorkflow(workspaceId);
      return reconciliationId;
    } catch (error) {
      this.outages.failed(error, 'Temporal did not accept a reconciliation', { workspaceId });
      return null;
    }
  }

  /** Starts the workflows of long reconciliations again. This has no effect on a running one; a lost one resumes. */
  async restart(): Promise<void> {
    const workspaceIds = await longReconciliations(this.db, LONG_MS * this.timeScale);
    await Promise.all(workspaceIds.map((workspaceId) => this.start(workspaceId, SYSTEM)));
  }

  async #startWorkflow(workspaceId: string): Promise<void> {
    await this.temporal.workflow.start<typeof ReconcileWorkflow>('ReconcileWorkflow', {
      workflowId: reconcileWorkflowId(workspaceId),
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue: this.taskQueue,
      args: [{ workspaceId, ...this.scaled }],
      staticSummary: `Compare workspace ${workspaceId} with HubSpot`,
    });
  }

  /** Creates the nightly schedule unless it exists. Logs a failure; `LostRuns` calls this again within minutes. */
  async schedule(): Promise<void> {
    try {
      await this.temporal.schedule.create({
        scheduleId: DAILY_RECONCILIATION,
        spec: { calendars: [{ hour: 3, minute: 0 }], jitter: '30m' },
        // After an outage, skip the missed runs.
        policies: { overlap: 'SKIP', catchupWindow: '10m' },
        action: { type: 'startWorkflow', workflowType: 'ReconcileWorkflow', taskQueue: this.taskQueue, args: [{}] },
      });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning))
        this.outages.failed(error, 'the nightly reconciliation could not be scheduled');
    }
  }
}

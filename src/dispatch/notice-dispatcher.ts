import { Dispatcher } from './dispatcher';
import { TEMPORAL_WORKS } from '../telemetry/outage-log';
import { claimDueOutlets, unclaimOutlet } from '../store/notices/deliveries';
import { sweepUntil } from './polling-loop';
import { deliverNoticesWorkflowId } from '../temporal/names';
import type { DeliverNoticesWorkflow, noticesDue } from '../workflows/deliver-notices';

const STARTED_AT_ONCE = 100;
const DUE: (typeof noticesDue)['name'] = 'due';

/**
 * Starts or wakes the workflow of each outlet that has notices to deliver. They stay in the database until they are
 * delivered, so a signal or a run that is lost only costs time.
 */
export class NoticeDispatcher extends Dispatcher {
  /** Sweeps until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.log, 'notices', () => this.sweep());
  }

  /** One sweep: hands the outlets with due notices to Temporal. */
  async sweep(): Promise<void> {
    const outlets = await claimDueOutlets(this.db, STARTED_AT_ONCE);
    await Promise.all(outlets.map((outlet) => this.#start(outlet)));
  }

  async #start({ outletId, workspaceId }: { readonly outletId: string; readonly workspaceId: string }): Promise<void> {
    try {
      await this.withTimeout(() =>
        this.temporal.workflow.signalWithStart<typeof DeliverNoticesWorkflow>('DeliverNoticesWorkflow', {
          workflowId: deliverNoticesWorkflowId(outletId),
          taskQueue: this.taskQueue,
          args: [{ outletId, ...this.scaled }],
          signal: DUE,
          signalArgs: [],
          priority: { fairnessKey: workspaceId },
          staticSummary: `Notices of workspace ${workspaceId} → outlet ${outletId}`,
        }),
      );
      this.outages.worked(TEMPORAL_WORKS);
    } catch (error) {
      this.outages.failed(error, 'Temporal did not accept notices; they are kept and retried', { workspaceId });
      await unclaimOutlet(this.db, outletId);
    }
  }
}

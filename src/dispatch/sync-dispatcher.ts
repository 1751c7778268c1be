import { Dispatcher } from './dispatcher';
import { TEMPORAL_WORKS } from '../telemetry/outage-log';
import { workspacesWithBulkWork } from '../store/meetings/bulk/claims';
import { clearSyncRequest, dueSyncRequests, findSyncRequest, type SyncRequest } from '../store/meetings/meetings';
import { sweepUntil } from './polling-loop';
import { searchAttribute } from '../temporal/search-attributes';
import { BACKGROUND_PRIORITY, bulkSyncWorkflowId, syncMeetingWorkflowId } from '../temporal/names';
import type { BulkSyncWorkflow } from '../workflows/bulk-sync';
import type { interrupt, resync, SyncMeetingWorkflow } from '../workflows/sync-meeting';

/** The process that stored a request sends it first. The sweep takes only older requests. */
const LEFT_TO_THE_CALLER_MS = 3_000;
const SWEPT_AT_ONCE = 100;
/**
 * While a workspace has work for bulk passes, Temporal is asked this often to start them. They usually run: this only
 * restarts those that ended just before more work came.
 */
const BULK_STARTED_EVERY_MS = 10_000;

const SIGNALS: { readonly resync: (typeof resync)['name']; readonly interrupt: (typeof interrupt)['name'] } = {
  resync: 'resync',
  interrupt: 'interrupt',
};

/**
 * Starts syncs. It always uses signal-with-start, which works in the same way for new, running, waiting and ended
 * syncs. Requests stay in the meetings' rows until Temporal has accepted them.
 */
export class SyncDispatcher extends Dispatcher {
  /** When bulk passes were started, of workspaces that have had work for them since. */
  readonly #bulkStartedAt = new Map<string, number>();

  /** Sends a meeting's request to Temporal. Does not throw when Temporal is unreachable, because the sweep retries. */
  async start(workspaceId: string, meetingId: string): Promise<void> {
    const request = await findSyncRequest(this.db, { workspaceId, meetingId });
    if (request !== null) await this.#send(request);
  }

  /** Sweeps until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.log, 'sync requests', () => this.sweep());
  }

  /**
   * One sweep: sends stored requests to Temporal, and starts bulk passes where requests wait for them.
   *
   * @returns the number of accepted requests, without those for bulk passes
   */
  async sweep(olderThanMs = LEFT_TO_THE_CALLER_MS): Promise<number> {
    const requests = await dueSyncRequests(this.db, { limit: SWEPT_AT_ONCE, olderThanMs });
    const taken = await Promise.all(requests.map((request) => this.#send(request)));
    await this.#startBulkPasses(await workspacesWithBulkWork(this.db));
    return taken.filter(Boolean).length;
  }

  async #send(request: SyncRequest): Promise<boolean> {
    const { workspaceId, meetingId, portalId } = request;
    try {
      const handle = await this.withTimeout(() =>
        this.temporal.workflow.signalWithStart<typeof SyncMeetingWorkflow>('SyncMeetingWorkflow', {
          workflowId: syncMeetingWorkflowId(workspaceId, meetingId),
          taskQueue: this.taskQueue,
          args: [{ workspaceId, meetingId, ...this.scaled }],
          signal: request.erasing ? SIGNALS.interrupt : SIGNALS.resync,
          signalArgs: [],
          // Many meetings of one workspace must not delay others (needs matching.enableFairness on the server).
          priority: { fairnessKey: workspaceId, ...(request.background ? { priorityKey: BACKGROUND_PRIORITY } : {}) },
          staticSummary: `Meeting ${meetingId} of workspace ${workspaceId} → HubSpot`,
          typedSearchAttributes: [
            { key: searchAttribute.meetingId, value: meetingId },
            // The values of a pass that begins well, so that the run need not update them.
            { key: searchAttribute.status, value: 'syncing' },
            ...(portalId === null ? [] : [{ key: searchAttribute.portalId, value: portalId }]),
          ],
        }),
      );
      this.outages.worked(TEMPORAL_WORKS);
      await clearSyncRequest(this.db, request, handle.signaledRunId);
      this.log.info(
        { workspaceId, meetingId, workflowId: handle.workflowId, runId: handle.signaledRunId },
        'sync requested',
      );
      return true;
    } catch (error) {
      this.outages.failed(error, 'Temporal did not accept a sync request; it is kept and retried', {
        workspaceId,
        meetingId,
      });
      return false;
    }
  }

  async #startBulkPasses(workspaceIds: readonly string[]): Promise<void> {
    for (const workspaceId of this.#bulkStartedAt.keys())
      if (!workspaceIds.includes(workspaceId)) this.#bulkStartedAt.delete(workspaceId);
    const before = performance.now() - BULK_STARTED_EVERY_MS * this.timeScale;
    const due = workspaceIds.filter((workspaceId) => (this.#bulkStartedAt.get(workspaceId) ?? -Infinity) <= before);
    await Promise.all(due.map((workspaceId) => this.#startBulk(workspaceId)));
  }

  /** The requests stay in the database until a bulk pass claims them. A running workflow is left alone. */
  async #startBulk(workspaceId: string): Promise<void> {
    try {
      await this.withTimeout(() =>
        this.temporal.workflow.start<typeof BulkSyncWorkflow>('BulkSyncWorkflow', {
          workflowId: bulkSyncWorkflowId(workspaceId),
          workflowIdConflictPolicy: 'USE_EXISTING',
          taskQueue: this.taskQueue,
          args: [{ workspaceId, ...this.scaled }],
          priority: { fairnessKey: workspaceId, priorityKey: BACKGROUND_PRIORITY },
          staticSummary: `Bulk passes of workspace ${workspaceId} → HubSpot`,
        }),
      );
      this.#bulkStartedAt.set(workspaceId, performance.now());
      this.outages.worked(TEMPORAL_WORKS);
    } catch (error) {
      this.outages.failed(error, 'Temporal did not accept bulk passes; their requests are kept and retried', {
        workspaceId,
      });
    }
  }
}

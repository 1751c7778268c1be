import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { DispatchDependencies } from './dependencies';
import { OutageLog, TEMPORAL_WORKS } from '../telemetry/outage-log';
import { clearSyncRequest, dueSyncRequests, findSyncRequest, type SyncRequest } from '../store/meetings/meetings';
import type { Database } from '../store/schema';
import { sweepUntil } from './polling-loop';
import { searchAttribute } from '../temporal/search-attributes';
import { BACKGROUND_PRIORITY, syncMeetingWorkflowId, TASK_QUEUE } from '../temporal/names';
import type { interrupt, resync, SyncMeetingWorkflow } from '../workflows/sync-meeting';

/** The process that stored a request sends it first. The sweep takes only older requests. */
const LEFT_TO_THE_CALLER_MS = 3_000;
const SWEPT_AT_ONCE = 100;
/** The request is stored, so a caller does not wait longer for an unresponsive Temporal. */
const TEMPORAL_TIMEOUT_MS = 3_000;

const SIGNALS: { readonly resync: (typeof resync)['name']; readonly interrupt: (typeof interrupt)['name'] } = {
  resync: 'resync',
  interrupt: 'interrupt',
};

/**
 * Starts syncs. It always uses signal-with-start, which works in the same way for new, running, waiting and ended
 * syncs. Requests stay in the meetings' rows until Temporal has accepted them.
 */
export class SyncStarter {
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

  /** Sends a meeting's request to Temporal. Does not throw when Temporal is unreachable, because the sweep retries. */
  async start(workspaceId: string, meetingId: string): Promise<void> {
    const request = await findSyncRequest(this.#db, { workspaceId, meetingId });
    if (request !== null) await this.#send(request);
  }

  /** Sweeps until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.#log, 'sync requests', () => this.sweep());
  }

  /** One sweep: sends stored requests to Temporal. @returns the number of accepted requests */
  async sweep(olderThanMs = LEFT_TO_THE_CALLER_MS): Promise<number> {
    const requests = await dueSyncRequests(this.#db, { limit: SWEPT_AT_ONCE, olderThanMs });
    const taken = await Promise.all(requests.map((request) => this.#send(request)));
    return taken.filter(Boolean).length;
  }

  async #send(request: SyncRequest): Promise<boolean> {
    const { workspaceId, meetingId } = request;
    try {
      const handle = await this.#temporal.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, () =>
        this.#temporal.workflow.signalWithStart<typeof SyncMeetingWorkflow>('SyncMeetingWorkflow', {
          workflowId: syncMeetingWorkflowId(workspaceId, meetingId),
          taskQueue: this.#taskQueue,
          args: [{ workspaceId, meetingId, ...(this.#timeScale === 1 ? {} : { timeScale: this.#timeScale }) }],
          signal: request.erasing ? SIGNALS.interrupt : SIGNALS.resync,
          signalArgs: [],
          // Many meetings of one workspace must not delay others (needs matching.enableFairness on the server).
          priority: { fairnessKey: workspaceId, ...(request.background ? { priorityKey: BACKGROUND_PRIORITY } : {}) },
          staticSummary: `Meeting ${meetingId} of workspace ${workspaceId} → HubSpot`,
          typedSearchAttributes: [
            { key: searchAttribute.meetingId, value: meetingId },
            { key: searchAttribute.status, value: 'accepted' },
          ],
        }),
      );
      this.#outages.worked(TEMPORAL_WORKS);
      await clearSyncRequest(this.#db, request, handle.signaledRunId);
      this.#log.info(
        { workspaceId, meetingId, workflowId: handle.workflowId, runId: handle.signaledRunId },
        'sync requested',
      );
      return true;
    } catch (error) {
      this.#outages.failed(error, 'Temporal did not accept a sync request; it is kept and retried', {
        workspaceId,
        meetingId,
      });
      return false;
    }
  }
}

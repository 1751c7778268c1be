import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { clearSyncRequest, dueSyncRequests, findSyncRequest, type SyncRequest } from './store/meetings';
import type { Database } from './store/schema';
import { searchAttribute } from './temporal/search-attributes';
import { syncMeetingWorkflowId, TASK_QUEUE } from './temporal/names';
import type { resync, SyncMeetingWorkflow } from './workflows/sync-meeting';

/** Whoever accepted a meeting tries first; the sweeper takes what they could not hand over. */
const LEFT_TO_THE_CALLER_MS = 3_000;
const SWEEP_EVERY_MS = 1_000;
const SWEPT_AT_ONCE = 100;
/** A caller is not kept waiting for a Temporal that does not answer: its request is stored. */
const TEMPORAL_TIMEOUT_MS = 3_000;

/**
 * The one way a sync is started: signal-with-start, so that a new, a running, a parked and an ended sync all go on
 * alike. Requests stand in the meetings' rows until Temporal has them.
 */
export class SyncStarter {
  readonly #db: Kysely<Database>;
  readonly #temporal: Client;
  readonly #log: Logger;
  readonly #timeScale: number;
  readonly #taskQueue: string;

  constructor(dependencies: {
    db: Kysely<Database>;
    temporal: Client;
    log: Logger;
    timeScale: number;
    taskQueue?: string;
  }) {
    this.#db = dependencies.db;
    this.#temporal = dependencies.temporal;
    this.#log = dependencies.log;
    this.#timeScale = dependencies.timeScale;
    this.#taskQueue = dependencies.taskQueue ?? TASK_QUEUE;
  }

  /** Hands a meeting's request to Temporal. Never throws when Temporal is away: the sweeper hands it over later. */
  async start(workspaceId: string, meetingId: string): Promise<void> {
    const request = await findSyncRequest(this.#db, { workspaceId, meetingId });
    if (request !== null) await this.#handOver(request);
  }

  /** Hands over what nobody else has, until the signal says stop. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one sweep after the other
        await this.sweep();
        // oxlint-disable-next-line no-await-in-loop -- as above
        await sleep(SWEEP_EVERY_MS, undefined, { signal });
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ error: String(error) }, 'the sweep of sync requests failed');
        // oxlint-disable-next-line no-await-in-loop -- the database is away: a moment's rest
        await sleep(SWEEP_EVERY_MS * 5, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** One sweep. @returns how many requests Temporal took */
  async sweep(olderThanMs = LEFT_TO_THE_CALLER_MS): Promise<number> {
    const requests = await dueSyncRequests(this.#db, { limit: SWEPT_AT_ONCE, olderThanMs });
    const taken = await Promise.all(requests.map((request) => this.#handOver(request)));
    return taken.filter(Boolean).length;
  }

  async #handOver(request: SyncRequest): Promise<boolean> {
    const { workspaceId, meetingId } = request;
    try {
      const handle = await this.#temporal.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, () =>
        this.#temporal.workflow.signalWithStart<typeof SyncMeetingWorkflow>('SyncMeetingWorkflow', {
          workflowId: syncMeetingWorkflowId(workspaceId, meetingId),
          taskQueue: this.#taskQueue,
          args: [{ workspaceId, meetingId, ...(this.#timeScale === 1 ? {} : { timeScale: this.#timeScale }) }],
          signal: 'resync' satisfies (typeof resync)['name'],
          signalArgs: [],
          staticSummary: `Meeting ${meetingId} of workspace ${workspaceId} → HubSpot`,
          typedSearchAttributes: [
            { key: searchAttribute.meetingId, value: meetingId },
            { key: searchAttribute.status, value: 'accepted' },
          ],
        }),
      );
      await clearSyncRequest(this.#db, request, handle.signaledRunId);
      return true;
    } catch (error) {
      this.#log.warn(
        { workspaceId, meetingId, error: String(error) },
        'Temporal did not take a sync request; it is kept and tried again',
      );
      return false;
    }
  }
}

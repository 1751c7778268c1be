import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { BackfillDispatcher } from './backfill-dispatcher';
import type { ReconciliationDispatcher } from './reconciliation-dispatcher';
import { lostSync, recordCancelled, takeStillMeetings } from '../store/meetings/lost-runs';
import { requeue } from '../store/meetings/requeue';
import type { MeetingKey } from '../store/meetings/key';
import type { DbPool } from '../store/database';
import { sweepUntil } from './polling-loop';
import type { Metrics } from '../telemetry/metrics';
import { syncMeetingWorkflowId } from '../temporal/names';

/** A pass takes seconds, and a waiting run records that it waits. A run without progress for this long may be lost. */
const STILL_FOR_MS = 2 * 60_000;
const CHECKED_AT_ONCE = 20;
const TEMPORAL_TIMEOUT_MS = 3_000;
/** Starting a running workflow has no effect, so the few long ones are started again without a check. */
const RESTARTED_EVERY_MS = 2 * 60_000;

/** What to do about an unfinished meeting, by the state of its run. */
export type LostRunAction = 'leave' | 'request again' | 'record cancellation';

/** Decides by the status of the newest run, as Temporal reports it. @param status - null when Temporal knows no run */
function actionFor(status: string | null): LostRunAction {
  if (status === 'RUNNING' || status === 'CONTINUED_AS_NEW') return 'leave';
  return status === 'CANCELLED' ? 'record cancellation' : 'request again';
}

/**
 * Compares unfinished meetings with their runs in Temporal. A run can be terminated, deleted or lost with Temporal's
 * database; without this comparison its meeting would stay unfinished.
 */
export class LostRuns {
  readonly #db: DbPool;
  readonly #temporal: Client;
  readonly #log: Logger;
  readonly #metrics: Pick<Metrics, 'withoutRun'>;
  readonly #timeScale: number;
  readonly #backfiller: Pick<BackfillDispatcher, 'restart'>;
  readonly #reconciler: Pick<ReconciliationDispatcher, 'restart' | 'schedule'>;
  #restartAt = 0;

  constructor(dependencies: {
    db: DbPool;
    temporal: Client;
    log: Logger;
    metrics: Pick<Metrics, 'withoutRun'>;
    timeScale: number;
    backfiller: Pick<BackfillDispatcher, 'restart'>;
    reconciler: Pick<ReconciliationDispatcher, 'restart' | 'schedule'>;
  }) {
    this.#db = dependencies.db;
    this.#temporal = dependencies.temporal;
    this.#log = dependencies.log;
    this.#metrics = dependencies.metrics;
    this.#timeScale = dependencies.timeScale;
    this.#backfiller = dependencies.backfiller;
    this.#reconciler = dependencies.reconciler;
  }

  /** Compares until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.#log, 'lost runs', () => this.sweep());
  }

  /**
   * Compares meetings without progress, and restarts long workflows.
   *
   * @returns how many meetings were requested again
   */
  async sweep(): Promise<number> {
    if (Date.now() >= this.#restartAt) {
      this.#restartAt = Date.now() + RESTARTED_EVERY_MS * this.#timeScale;
      await Promise.all([this.#backfiller.restart(), this.#reconciler.restart(), this.#reconciler.schedule()]);
    }
    const still = await takeStillMeetings(this.#db, {
      stillForMs: STILL_FOR_MS * this.#timeScale,
      limit: CHECKED_AT_ONCE,
    });
    const requested = await Promise.all(still.map((key) => this.#compare(key)));
    return requested.filter(Boolean).length;
  }

  async #compare(key: MeetingKey): Promise<boolean> {
    switch (actionFor(await this.#statusOf(key))) {
      case 'leave':
        return false;
      case 'record cancellation':
        await recordCancelled(this.#db, key);
        // A meeting being deleted is still unfinished afterwards: its activities must not stay in HubSpot.
        return await this.#requestAgain(key);
      case 'request again':
        return await this.#requestAgain(key);
    }
  }

  async #requestAgain(key: MeetingKey): Promise<boolean> {
    const requested = (await requeue(this.#db, lostSync(key), 'run_lost')) > 0;
    if (requested) {
      this.#metrics.withoutRun();
      this.#log.warn({ ...key }, 'an unfinished sync had no run in Temporal and was requested again');
    }
    return requested;
  }

  async #statusOf({ workspaceId, meetingId }: MeetingKey): Promise<string | null> {
    try {
      const handle = this.#temporal.workflow.getHandle(syncMeetingWorkflowId(workspaceId, meetingId));
      const { status } = await this.#temporal.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, () => handle.describe());
      return status.name;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }
}

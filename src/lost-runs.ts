import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Backfiller } from './backfiller';
import type { Reconciler } from './reconciler';
import { recordCancelled, requestLostSync, takeStillMeetings } from './store/lost-runs';
import type { MeetingKey } from './store/meetings';
import type { Database } from './store/schema';
import { sweepUntil } from './sweep';
import type { Metrics } from './telemetry/metrics';
import { syncMeetingWorkflowId } from './temporal/names';

/** A pass takes seconds, and a run that waits says so in its row: one that did not move for so long may be lost. */
const STILL_FOR_MS = 2 * 60_000;
const CHECKED_AT_ONCE = 20;
const TEMPORAL_TIMEOUT_MS = 3_000;
/** Starting a run that exists changes nothing, so the few long ones are simply started again. */
const RESTARTED_EVERY_MS = 2 * 60_000;

/** What becomes of a meeting that is under way here, by the state of its run. */
export type LostRunVerdict = 'leave' | 'ask again' | 'cancelled';

/** @param status - of the newest run as Temporal describes it; null when Temporal knows none */
export function verdictOn(status: string | null): LostRunVerdict {
  if (status === 'RUNNING' || status === 'CONTINUED_AS_NEW') return 'leave';
  return status === 'CANCELLED' ? 'cancelled' : 'ask again';
}

/**
 * Compares what the database says is under way with what Temporal runs. A run can be terminated, deleted or lost with
 * Temporal's database; then nothing else would ever ask for its meeting again.
 */
export class LostRuns {
  readonly #db: Kysely<Database>;
  readonly #temporal: Client;
  readonly #log: Logger;
  readonly #metrics: Pick<Metrics, 'withoutRun'>;
  readonly #timeScale: number;
  readonly #backfiller: Pick<Backfiller, 'restart'>;
  readonly #reconciler: Pick<Reconciler, 'restart' | 'schedule'>;
  #restartAt = 0;

  constructor(dependencies: {
    db: Kysely<Database>;
    temporal: Client;
    log: Logger;
    metrics: Pick<Metrics, 'withoutRun'>;
    timeScale: number;
    backfiller: Pick<Backfiller, 'restart'>;
    reconciler: Pick<Reconciler, 'restart' | 'schedule'>;
  }) {
    this.#db = dependencies.db;
    this.#temporal = dependencies.temporal;
    this.#log = dependencies.log;
    this.#metrics = dependencies.metrics;
    this.#timeScale = dependencies.timeScale;
    this.#backfiller = dependencies.backfiller;
    this.#reconciler = dependencies.reconciler;
  }

  /** Compares until the signal says stop. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.#log, 'lost runs', () => this.sweep());
  }

  /** Compares the meetings that did not move, and starts again what runs for long. @returns how many were asked for again */
  async sweep(): Promise<number> {
    if (Date.now() >= this.#restartAt) {
      this.#restartAt = Date.now() + RESTARTED_EVERY_MS * this.#timeScale;
      await Promise.all([this.#backfiller.restart(), this.#reconciler.restart(), this.#reconciler.schedule()]);
    }
    const still = await takeStillMeetings(this.#db, {
      stillForMs: STILL_FOR_MS * this.#timeScale,
      limit: CHECKED_AT_ONCE,
    });
    const asked = await Promise.all(still.map((key) => this.#compare(key)));
    return asked.filter(Boolean).length;
  }

  async #compare(key: MeetingKey): Promise<boolean> {
    switch (verdictOn(await this.#statusOf(key))) {
      case 'leave':
        return false;
      case 'cancelled':
        await recordCancelled(this.#db, key);
        // A meeting that is being deleted still is under way: its activities must not stay in HubSpot.
        return await this.#askAgain(key);
      case 'ask again':
        return await this.#askAgain(key);
    }
  }

  async #askAgain(key: MeetingKey): Promise<boolean> {
    const asked = await requestLostSync(this.#db, key);
    if (asked) {
      this.#metrics.withoutRun();
      this.#log.warn({ ...key }, 'a meeting was under way without a run in Temporal: its sync is asked for again');
    }
    return asked;
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

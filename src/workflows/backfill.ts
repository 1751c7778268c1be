import {
  CancellationScope,
  continueAsNew,
  defineQuery,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { BackfillProgress } from '../activities/backfill';
import { handOverMeetings, stopBackfill } from './activities';
import { failureOf } from './step-failure';

export interface BackfillInput {
  readonly workspaceId: string;
  readonly backfillId: string;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`, `@default 1`). */
  readonly timeScale?: number;
}

/** The progress of the backfill; null before the first `handOverMeetings`. */
const progress = defineQuery<BackfillProgress | null>('progress');

const NEXT_MS = 3_000;
/** The interval while HubSpot is not connected or an internal error persists. */
const BLOCKED_MS = 60_000;

/**
 * Syncs a file of meetings, a few hundred at a time. Each meeting has its own SyncMeetingWorkflow, as if it had been
 * posted alone. Ends when no sync of the file is running.
 */
export async function BackfillWorkflow(input: BackfillInput): Promise<BackfillProgress> {
  const { workspaceId, backfillId, timeScale = 1 } = input;
  const key = { workspaceId, backfillId };
  let reached: BackfillProgress | null = null;
  setHandler(progress, () => reached);
  try {
    for (;;) {
      const failure = await failureOf(async () => {
        reached = await handOverMeetings(key);
      });
      const now = reached as BackfillProgress | null;
      if (now?.done === true) return now;
      const reason = failure === null ? null : failure.status === 'waiting' ? failure.wait.reason : failure.reason;
      setCurrentDetails(reason === null ? describe(now) : `${reason.message}\n\n${reason.action}`);
      await sleep((reason === null && now?.held === null ? NEXT_MS : BLOCKED_MS) * timeScale);
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof BackfillWorkflow>(input);
    }
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => stopBackfill(key));
    throw error;
  }
}

function describe(now: BackfillProgress | null): string {
  if (now === null) return '';
  const { waiting, onTheirWay, held } = now;
  return `${waiting} meetings not started, ${onTheirWay} running${held === null ? '' : `; waiting: ${held}`}`;
}

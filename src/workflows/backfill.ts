import {
  CancellationScope,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { BackfillProgress } from '../activities/backfill';
import { handOverMeetings, pauseOrResumeBackfill, stopBackfill } from './activities';
import { failureOf } from './step-failure';

export interface BackfillInput {
  readonly workspaceId: string;
  readonly backfillId: string;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`, `@default 1`). */
  readonly timeScale?: number;
}

/** The progress of the backfill; null before the first `handOverMeetings`. */
const progress = defineQuery<BackfillProgress | null>('progress');

/** Hand no further meetings over, until `resume`. */
const pause = defineSignal('pause');
const resume = defineSignal('resume');

const NEXT_MS = 3_000;
/** The interval while the backfill is paused: the API resumes it in the database, without a signal. */
const PAUSED_MS = 10_000;
/** The interval while HubSpot is not connected or an internal error persists. */
const BLOCKED_MS = 60_000;

/**
 * Hands a file of meetings over to bulk passes, a few hundred at a time. Ends when no sync of the file is running.
 */
export async function BackfillWorkflow(input: BackfillInput): Promise<BackfillProgress> {
  const { workspaceId, backfillId, timeScale = 1 } = input;
  const key = { workspaceId, backfillId };
  let reached: BackfillProgress | null = null;
  let requested: 'pause' | 'resume' | null = null;
  setHandler(progress, () => reached);
  setHandler(pause, () => {
    requested = 'pause';
  });
  setHandler(resume, () => {
    requested = 'resume';
  });
  try {
    for (;;) {
      const failure = await failureOf(async () => {
        const action = requested;
        if (action !== null) await pauseOrResumeBackfill({ ...key, action });
        if (requested === action) requested = null;
        reached = await handOverMeetings(key);
      });
      const now = reached as BackfillProgress | null;
      if (now?.done === true) return now;
      const reason = failure === null ? null : failure.status === 'waiting' ? failure.wait.reason : failure.reason;
      setCurrentDetails(reason === null ? describe(now) : `${reason.message}\n\n${reason.action}`);
      await sleep(intervalOf(reason === null ? (now?.held ?? null) : reason.code) * timeScale);
      if (requested === null && workflowInfo().continueAsNewSuggested)
        await continueAsNew<typeof BackfillWorkflow>(input);
    }
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => stopBackfill(key));
    throw error;
  }
}

/** @param blocker - a reason code or `paused`; null when meetings are handed over */
function intervalOf(blocker: string | null): number {
  if (blocker === null) return NEXT_MS;
  return blocker === 'paused' ? PAUSED_MS : BLOCKED_MS;
}

function describe(now: BackfillProgress | null): string {
  if (now === null) return '';
  const { waiting, onTheirWay, held } = now;
  return `${waiting} meetings not started, ${onTheirWay} running${held === null ? '' : `; ${held === 'paused' ? held : `waiting: ${held}`}`}`;
}

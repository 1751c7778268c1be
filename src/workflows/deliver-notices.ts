import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { DeliveredNotices } from '../activities/notices/deliver';
import { deliverNotices } from './activities';
import { failureOf } from './step-failure';

export interface DeliverNoticesInput {
  readonly outletId: string;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`, `@default 1`). */
  readonly timeScale?: number;
}

/** Something is due at the outlet now. */
export const noticesDue = defineSignal('due');
/** What the last run did; null before it ends. */
const lastRun = defineQuery<DeliveredNotices | null>('progress');

/** After an internal error. */
const AFTER_FAILURE_MS = 60_000;

/**
 * Delivers the notices of one outlet, over days if its receiver is away. Ends when none waits. What waits, since when and
 * until when is in the database, so a run that is lost is simply started again.
 */
export async function DeliverNoticesWorkflow(input: DeliverNoticesInput): Promise<void> {
  const { outletId, timeScale = 1 } = input;
  let due = false;
  let last: DeliveredNotices | null = null;
  setHandler(noticesDue, () => {
    due = true;
  });
  setHandler(lastRun, () => last);
  for (;;) {
    due = false;
    const failure = await failureOf(async () => {
      last = await deliverNotices({ outletId });
    });
    const nextInMs = failure === null ? nextOf(last) : AFTER_FAILURE_MS * timeScale;
    if (nextInMs === null && !due) return;
    if (!due && nextInMs !== null && nextInMs > 0) {
      setCurrentDetails(`The next attempt is in ${Math.round(nextInMs / 1_000)} s`);
      await condition(() => due, Math.ceil(nextInMs));
      setCurrentDetails('Delivering');
    }
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof DeliverNoticesWorkflow>(input);
  }
}

function nextOf(run: DeliveredNotices | null): number | null {
  return run?.nextInMs ?? null;
}

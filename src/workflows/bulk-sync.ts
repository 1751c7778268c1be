import { continueAsNew, defineQuery, setCurrentDetails, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { BulkProgress } from '../activities/bulk/sync-in-bulk';
import { syncInBulk } from './activities';
import { failureOf } from './step-failure';

export interface BulkSyncInput {
  readonly workspaceId: string;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`, `@default 1`). */
  readonly timeScale?: number;
}

/** The progress of the bulk passes; null before the first activity ends. */
const bulkProgress = defineQuery<BulkProgress | null>('progress');

/** The longest pause before HubSpot is tried again with one meeting. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Passes the meetings of a workspace that wait for a bulk pass, without a workflow for each. Ends when none waits. A
 * meeting that needs a person or a longer wait is handed over to its SyncMeetingWorkflow.
 */
export async function BulkSyncWorkflow(input: BulkSyncInput): Promise<void> {
  const { workspaceId, timeScale = 1 } = input;
  let reached: BulkProgress | null = null;
  let careful = false;
  setHandler(bulkProgress, () => reached);
  for (;;) {
    const failure = await failureOf(async () => {
      reached = await syncInBulk({ workspaceId, careful });
    });
    const now = reached as BulkProgress | null;
    if (failure === null && now?.more === false) return;
    const pause = failure === null ? (now?.blocked?.ms ?? 0) : LONGEST_PAUSE_MS;
    careful = pause > 0;
    setCurrentDetails(careful ? `Waiting: ${now?.blocked?.code ?? 'internal error'}` : 'Passing meetings in bulk');
    if (careful) await sleep(Math.min(pause, LONGEST_PAUSE_MS) * timeScale);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof BulkSyncWorkflow>(input);
  }
}

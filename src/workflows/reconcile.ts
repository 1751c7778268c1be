import { patched, sleep } from '@temporalio/workflow';
import {
  checkActivities,
  checkCalendarDoubles,
  connectedWorkspaces,
  endReconciliation,
  reconcileMirror,
  startReconciliation,
} from './activities';
import { Pauses, summaryOf } from './pauses';
import { failureOf } from './step-failure';

export interface ReconcileInput {
  /** Every connected workspace when absent. */
  readonly workspaceId?: string;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`); 1 when absent. */
  readonly timeScale?: number;
}

/**
 * Compares the mirror and every link of a workspace with HubSpot, and mends what differs. Absent, every connected
 * workspace: that is what the daily schedule starts.
 */
export async function ReconcileWorkflow({ workspaceId, timeScale = 1 }: ReconcileInput): Promise<void> {
  const workspaceIds = workspaceId === undefined ? await connectedWorkspaces() : [workspaceId];
  for (const id of workspaceIds) await reconcile(id, timeScale);
}

async function reconcile(workspaceId: string, timeScale: number): Promise<void> {
  const { reconciliationId } = await startReconciliation({ workspaceId });
  if (reconciliationId === null) return;
  let changed = 0;
  const pauses = new Pauses(timeScale);
  for (;;) {
    const failure = await failureOf(async () => {
      ({ changed } = await reconcileMirror({ workspaceId }));
      await checkActivities({ workspaceId });
      await checkCalendarDoubles({ workspaceId });
    });
    const held = failure?.next === 'wait' ? pauses.next(failure.wait, Date.now()) : null;
    // The mirror stays unchanged without HubSpot, and each meeting shows its own reason.
    if (held?.next !== 'wait') break;
    await sleep(held.ms, { summary: summaryOf(held.reason) });
    // Replay: runs of an earlier version end after one wait.
    if (!patched('reconcile-again-after-wait')) break;
  }
  await endReconciliation({ workspaceId, reconciliationId, changed });
}

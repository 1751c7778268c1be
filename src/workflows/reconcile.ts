import { patched, sleep } from '@temporalio/workflow';
import {
  checkActivities,
  checkCalendarDoubles,
  connectedWorkspaces,
  endReconciliation,
  readOpenDeals,
  reconcileMirror,
  startReconciliation,
} from './activities';
import { Pauses, summaryOf } from './pauses';
import { failureOf } from './step-failure';

export interface ReconcileInput {
  /** When absent, every connected workspace is reconciled. The daily schedule does this. */
  readonly workspaceId?: string;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`, `@default 1`). */
  readonly timeScale?: number;
}

/**
 * Compares the mirror and every link of a workspace with HubSpot, and repairs differences.
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
    const pause = failure?.status === 'waiting' ? pauses.next(failure.wait, Date.now()) : null;
    // Without HubSpot, the mirror stays unchanged, and each meeting shows its own reason.
    if (pause?.status !== 'waiting') break;
    await sleep(pause.ms, { summary: summaryOf(pause.reason) });
    // For replay: runs of earlier versions ended after one wait.
    if (!patched('reconcile-again-after-wait')) break;
  }
  if (patched('read-open-deals')) await readDeals({ workspaceId, reconciliationId });
  await endReconciliation({ workspaceId, reconciliationId, changed });
}

/** Without HubSpot or room in its limits, the next night continues where this one stopped. */
async function readDeals(input: { readonly workspaceId: string; readonly reconciliationId: string }): Promise<void> {
  await failureOf(async () => {
    await readOpenDeals(input);
  });
}

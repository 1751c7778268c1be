import { sleep } from '@temporalio/workflow';
import {
  checkActivities,
  checkCalendarDoubles,
  connectedWorkspaces,
  endReconciliation,
  reconcileMirror,
  startReconciliation,
} from './activities';
import { failureOf } from './step-failure';

/**
 * Compares the mirror and every link of a workspace with HubSpot, and mends what differs. Absent, every connected
 * workspace: that is what the daily schedule starts.
 */
export async function ReconcileWorkflow({ workspaceId }: { readonly workspaceId?: string }): Promise<void> {
  const workspaceIds = workspaceId === undefined ? await connectedWorkspaces() : [workspaceId];
  for (const id of workspaceIds) await reconcile(id);
}

async function reconcile(workspaceId: string): Promise<void> {
  const { reconciliationId } = await startReconciliation({ workspaceId });
  if (reconciliationId === null) return;
  let changed = 0;
  const failure = await failureOf(async () => {
    ({ changed } = await reconcileMirror({ workspaceId }));
    await checkActivities({ workspaceId });
    await checkCalendarDoubles({ workspaceId });
  });
  // Without HubSpot the mirror stays as it is; the meetings tell themselves what they wait for.
  if (failure?.next === 'wait') await sleep(failure.wait.ms, { summary: failure.wait.reason.message });
  await endReconciliation({ workspaceId, reconciliationId, changed });
}

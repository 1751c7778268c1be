import { mirroredRecords, saveRecords } from '../store/mirror';
import { beginReconciliation, finishReconciliation, meetingsUnderWay } from '../store/reconciliations';
import { readRecords } from './refresh-mirror';
import type { ActivityDependencies } from './dependencies';
import { NotSettledError } from './judge';

const ASK_AGAIN_MS = 2_000;

/** Every workspace that is connected: the daily schedule reconciles them one after the other. */
export function connectedWorkspaces({ db }: ActivityDependencies) {
  return async (): Promise<string[]> => {
    const rows = await db.selectFrom('connections').select('workspace_id').where('state', '=', 'connected').execute();
    return rows.map((row) => row.workspace_id);
  };
}

/** Notes the reconciliation and has every meeting compared with HubSpot by an ordinary pass. */
export function startReconciliation({ db }: ActivityDependencies) {
  return async ({ workspaceId }: { readonly workspaceId: string }): Promise<{ readonly reconciliationId: string }> => ({
    reconciliationId: await beginReconciliation(db, workspaceId),
  });
}

/** Reads every mirrored record again, a hundred a call: webhooks are lost, and association changes move no date. */
export function reconcileMirror(dependencies: ActivityDependencies) {
  return async ({ workspaceId }: { readonly workspaceId: string }): Promise<{ readonly changed: number }> => {
    const { crm, portalId } = await dependencies.gateway.connect(workspaceId);
    const mirrored = await mirroredRecords(dependencies.db, portalId);
    const read = await readRecords(
      crm,
      mirrored.map((record) => ({ objectType: record.object_type, id: record.record_id })),
    );
    return { changed: await saveRecords(dependencies.db, portalId, read) };
  };
}

/** Ends the reconciliation once every meeting has come to rest. */
export function endReconciliation({ db, timeScale }: ActivityDependencies) {
  return async ({
    workspaceId,
    reconciliationId,
    changed,
  }: {
    readonly workspaceId: string;
    readonly reconciliationId: string;
    readonly changed: number;
  }): Promise<void> => {
    if (await meetingsUnderWay(db, workspaceId)) throw new NotSettledError(ASK_AGAIN_MS * timeScale);
    await finishReconciliation(db, reconciliationId, changed);
  };
}

import { refreshCatalogue } from '../catalogue';
import { recordKey } from '../meeting/cascade';
import { requestSyncsOfLinked } from '../store/affected-meetings';
import { mirroredRecords, saveRecords, timeOfReading } from '../store/mirror';
import {
  abandonReconciliation,
  beginReconciliation,
  finishReconciliation,
  meetingsUnderWay,
} from '../store/reconciliations';
import { NotConnectedError } from '../tokens';
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

/**
 * Notes the reconciliation and has every meeting compared with HubSpot by an ordinary pass. First the authorisation is
 * tried: an app that was uninstalled is learned of here, and not by stopping every meeting.
 *
 * @returns null for the id when there is no account to compare with (any more)
 */
export function startReconciliation({ db, tokens }: ActivityDependencies) {
  return async ({
    workspaceId,
  }: {
    readonly workspaceId: string;
  }): Promise<{ readonly reconciliationId: string | null }> => {
    try {
      await tokens.access(workspaceId);
    } catch (error) {
      // HubSpot being away is for the steps that need it: they know how to wait.
      if (error instanceof NotConnectedError) {
        await abandonReconciliation(db, workspaceId);
        return { reconciliationId: null };
      }
    }
    return { reconciliationId: await beginReconciliation(db, workspaceId) };
  };
}

/**
 * Reads every mirrored record again, a hundred a call: webhooks are lost, and association changes move no date. Meetings
 * whose records turn out to be gone are compared once more: their pass may have come too early to know.
 */
export function reconcileMirror(dependencies: ActivityDependencies) {
  return async ({ workspaceId }: { readonly workspaceId: string }): Promise<{ readonly changed: number }> => {
    const connected = await dependencies.gateway.connect(workspaceId);
    const { portalId } = connected;
    // First: what the schemas say decides which properties of custom objects are read.
    await refreshCatalogue(dependencies, connected);
    const mirrored = await mirroredRecords(dependencies.db, portalId);
    const readFrom = await timeOfReading(dependencies.db);
    const refs = mirrored.map((record) => ({ objectType: record.object_type, id: record.record_id }));
    const gone = refs.filter((_, index) => mirrored[index]?.archived === true);
    const read = await readRecords(connected, dependencies.db, refs, { gone: new Set(gone.map(recordKey)) });
    const { changed, moved } = await saveRecords(dependencies.db, portalId, read, readFrom);
    await requestSyncsOfLinked(dependencies.db, portalId, moved);
    return { changed };
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

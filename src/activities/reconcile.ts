import { SYSTEM } from '../store/audit/actor';
import { cancellationSignal } from '@temporalio/activity';
import { refreshAccountFacts } from '../connection/account-facts';
import type { ConnectedCrm } from '../connection/open-crm';
import { refreshCatalogue } from '../connection/refresh-catalogue';
import { recordKey, type RecordRef } from '../meeting/linking/cascade';
import { chunksOf } from '../store/chunks';
import { listConnectedWorkspaces } from '../store/connections/connections';
import { linkedTo } from '../store/meetings/affected-meetings';
import { requeue } from '../store/meetings/requeue';
import { mirroredRecords, saveRecords, timeOfReading, unreadRecords } from '../store/mirror/mirror';
import {
  abandonReconciliation,
  beginReconciliation,
  finishReconciliation,
  meetingsUnderWay,
} from '../store/jobs/reconciliations';
import { KeyMissingError } from '../secrets';
import { NotConnectedError } from '../connection/tokens';
import { findPrivacyDeletions } from './crm-changes/privacy-deletions';
import { readRecords } from './crm-changes/read-records';
import type { ActivityDependencies } from './dependencies';
import { NotSettledError } from './interceptors/retry-policy';
import { whenSlotIsFree } from './when-slot-is-free';

const ASK_AGAIN_MS = 2_000;
const READ_AT_ONCE = 1_000;
/** Five batch calls. Each waits for a slot of the account's limit, so many at once would exhaust their patience. */
const READ_TOGETHER = 500;

/** Lists every connected workspace. The daily schedule reconciles them one after the other. */
export function connectedWorkspaces({ db }: ActivityDependencies) {
  return async (): Promise<string[]> => await listConnectedWorkspaces(db);
}

/**
 * Records the reconciliation and requests an ordinary pass for every meeting, which compares it with HubSpot. It checks
 * the authorisation first, so that an uninstalled app is detected here and does not stop every meeting.
 *
 * @returns a null id if no account is connected (any more)
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
      // If HubSpot is unavailable, leave that to the later steps: they know how to wait.
      if (error instanceof NotConnectedError || error instanceof KeyMissingError) {
        await abandonReconciliation(db, workspaceId);
        return { reconciliationId: null };
      }
    }
    return { reconciliationId: await beginReconciliation(db, workspaceId, SYSTEM) };
  };
}

/**
 * Reads every mirrored record again, a hundred a call. Webhooks get lost, and association changes do not update a
 * record's date. A contact that is gone for good is a privacy deletion whose event was lost. Meetings whose records
 * turn out to be gone are compared once more, because their pass may have run before the deletion was known.
 */
export function reconcileMirror(dependencies: ActivityDependencies) {
  return async ({ workspaceId }: { readonly workspaceId: string }): Promise<{ readonly changed: number }> => {
    const connected = await dependencies.gateway.connect(workspaceId);
    const { portalId } = connected;
    // First, because the schemas decide which properties of custom objects are read.
    await refreshCatalogue(dependencies, connected);
    await refreshAccountFacts(dependencies, workspaceId, connected, { again: false });
    const mirrored = await mirroredRecords(dependencies.db, portalId);
    const refs = mirrored.map((record) => ({ objectType: record.object_type, id: record.record_id }));
    const gone = new Set(refs.filter((_, index) => mirrored[index]?.archived === true).map(recordKey));
    let changed = 0;
    // One after the other, so that no call waits behind all others for its slot.
    for (const page of chunksOf(refs, READ_TOGETHER)) {
      // oxlint-disable-next-line no-await-in-loop -- as above
      changed += await reconcilePage(dependencies, connected, workspaceId, { page, gone });
    }
    return { changed };
  };
}

/** @returns the number of records that differed from the mirror */
async function reconcilePage(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  workspaceId: string,
  { page, gone }: { readonly page: readonly RecordRef[]; readonly gone: ReadonlySet<string> },
): Promise<number> {
  const { db } = dependencies;
  const { portalId } = connected;
  const { readFrom, read } = await whenSlotIsFree(
    async () => ({ readFrom: await timeOfReading(db), read: await readRecords(connected, db, page, { gone }) }),
    cancellationSignal(),
  );
  const missing = read.filter(({ ref, properties }) => ref.objectType === 'contacts' && properties === null);
  await findPrivacyDeletions(
    dependencies,
    connected,
    workspaceId,
    missing.map(({ ref }) => ref.id),
  );
  const { changed, moved } = await saveRecords(db, portalId, read, readFrom);
  await requeue(db, linkedTo(portalId, moved), 'hubspot_changed');
  return changed;
}

/**
 * Ends the reconciliation once no meeting is under way and all records that the passes linked for the first time are
 * read. Association reads may name deleted records.
 */
export function endReconciliation(dependencies: ActivityDependencies) {
  const { db, timeScale } = dependencies;

  return async ({
    workspaceId,
    reconciliationId,
    changed,
  }: {
    readonly workspaceId: string;
    readonly reconciliationId: string;
    readonly changed: number;
  }): Promise<void> => {
    if ((await meetingsUnderWay(db, workspaceId, reconciliationId)) || (await readLinkedRecords(workspaceId)))
      throw new NotSettledError(ASK_AGAIN_MS * timeScale);
    await finishReconciliation(db, reconciliationId, changed);
  };

  /** @returns whether meetings are due because of these reads, or may be because there was more than one run reads */
  async function readLinkedRecords(workspaceId: string): Promise<boolean> {
    try {
      const connected = await dependencies.gateway.connect(workspaceId);
      const { portalId } = connected;
      const refs = await unreadRecords(db, portalId, READ_AT_ONCE);
      const readFrom = await timeOfReading(db);
      const read = await readRecords(connected, db, refs, { unread: new Set(refs.map(recordKey)) });
      const { moved } = await saveRecords(db, portalId, read, readFrom);
      const requested = await requeue(db, linkedTo(portalId, moved), 'hubspot_changed');
      return requested > 0 || refs.length === READ_AT_ONCE;
    } catch {
      // An error that keeps records from being read also keeps meetings from being synced, and the meetings report it.
      return false;
    }
  }
}

import { reasons } from '../meeting/reasons';
import type { SyncReason } from '../meeting/status';
import { eraseMeeting, saveProgress, type MeetingKey } from '../store/meetings';
import { findConnection } from '../store/connections';
import { forgetEngagement, listEngagements } from '../store/ledger';
import type { ActivityDependencies } from './dependencies';

/** How far a pass came; `waiting` and `needs_attention` are not its end. */
export type Outcome =
  | { readonly status: 'synced' }
  | { readonly status: 'skipped'; readonly code: 'internal_only' | 'no_crm_match' | 'deleted_in_hubspot' }
  | { readonly status: 'waiting' | 'needs_attention'; readonly reason: SyncReason };

/** Days within which a participant who becomes a contact brings a skipped meeting in (contract section 6). */
const LATE_MATCH_DAYS = 30;

/** Records where the sync stands, for the status document and the pages. */
export function recordOutcome(dependencies: ActivityDependencies) {
  return async ({
    outcome,
    ...key
  }: MeetingKey & { readonly outcome: Outcome }): Promise<{ readonly goOn: boolean }> => {
    await saveProgress(dependencies.db, key, { status: outcome.status, reason: reasonOf(outcome) });
    return { goOn: await isMended(key, outcome) };
  };

  /** Somebody may have connected between the failure and this record: nobody would wake the sync then. */
  async function isMended({ workspaceId }: MeetingKey, outcome: Outcome): Promise<boolean> {
    if (outcome.status !== 'needs_attention') return false;
    if (outcome.reason.code !== 'not_connected' && outcome.reason.code !== 'reauthorize') return false;
    return (await findConnection(dependencies.db, workspaceId))?.state === 'connected';
  }
}

function reasonOf(outcome: Outcome): SyncReason | null {
  switch (outcome.status) {
    case 'synced':
      return null;
    case 'waiting':
    case 'needs_attention':
      return outcome.reason;
    case 'skipped':
      return outcome.code === 'no_crm_match'
        ? reasons.no_crm_match({ lateMatchDays: LATE_MATCH_DAYS })
        : reasons[outcome.code]();
  }
}

/** Takes both activities back out of HubSpot, then erases the meeting's content here. */
export function takeBackAndErase(dependencies: ActivityDependencies) {
  return async (key: MeetingKey): Promise<void> => {
    const { crm, portalId } = await dependencies.gateway.connect(key.workspaceId);
    for (const engagement of await listEngagements(dependencies.db, key, portalId)) {
      // oxlint-disable-next-line no-await-in-loop -- two at the most
      if (engagement.hubspot_id !== null) await crm.objects(engagement.object_type).archive(engagement.hubspot_id);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await forgetEngagement(dependencies.db, { ...key, portalId, kind: engagement.kind });
    }
    await eraseMeeting(dependencies.db, key);
  };
}

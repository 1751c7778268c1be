import type { ConnectedCrm } from '../gateway';
import { finishErasure } from '../store/delete-meeting';
import { forgetEngagement, listEngagements } from '../store/ledger';
import { findMeeting, type MeetingKey } from '../store/meetings';
import { NotConnectedError } from '../tokens';
import { leaveCalendarMeeting } from './calendar-meeting';
import type { ActivityDependencies } from './dependencies';
import { settleEngagement } from './settle-engagement';

/**
 * Removes both activities from HubSpot. One whose create has an unknown outcome is looked for first: nothing stays
 * behind. A calendar meeting that was joined loses our part and stays. Of a meeting that is being deleted, activities of
 * an account that is not connected remain: its status says which.
 */
export function takeBack(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async (key: MeetingKey): Promise<void> => {
    const meeting = await findMeeting(db, key);
    try {
      await removeFrom(await dependencies.gateway.connect(key.workspaceId), key, meeting);
    } catch (error) {
      if (meeting?.erasing === true && error instanceof NotConnectedError) return;
      throw error;
    }
  };

  async function removeFrom(
    connected: ConnectedCrm,
    key: MeetingKey,
    meeting: Awaited<ReturnType<typeof findMeeting>>,
  ): Promise<void> {
    const { crm, portalId } = connected;
    for (const row of await listEngagements(db, key, portalId)) {
      const engagementKey = { ...key, portalId, kind: row.kind };
      // What the ledger kept when the content was erased.
      const recording = {
        recordingUrl: meeting?.body?.recordingUrl ?? row.sought_url ?? '',
        startedAt: meeting?.body?.startedAt ?? row.sought_at?.toISOString() ?? '',
      };
      // oxlint-disable-next-line no-await-in-loop -- two at the most
      const there = await settleEngagement(dependencies, connected, engagementKey, recording);
      if (there === null) continue;
      if (there.row.joined) {
        // oxlint-disable-next-line no-await-in-loop -- as above
        await leaveCalendarMeeting(dependencies, connected, engagementKey, there, recording);
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- as above
      await crm.objects(there.row.object_type).archive(there.hubspotId);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await forgetEngagement(db, engagementKey, there.row);
    }
  }
}

/** Ends a deletion; the content was erased when it was asked for. */
export function erase(dependencies: ActivityDependencies) {
  return async (key: MeetingKey): Promise<void> => {
    await finishErasure(dependencies.db, key);
  };
}

import { forgetEngagement, listEngagements } from '../store/ledger';
import { eraseMeeting, type MeetingKey } from '../store/meetings';
import { leaveCalendarMeeting } from './calendar-meeting';
import { loadMeeting, type ActivityDependencies } from './dependencies';
import { settleEngagement } from './settle-engagement';

/**
 * Takes both activities back out of HubSpot. One whose create has an unknown outcome is looked for first: nothing stays
 * behind. A calendar meeting that was joined loses our part and stays.
 */
export function takeBack(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async (key: MeetingKey): Promise<void> => {
    const connected = await dependencies.gateway.connect(key.workspaceId);
    const { crm, portalId } = connected;
    const meeting = await loadMeeting(dependencies, key);
    for (const { kind } of await listEngagements(db, key, portalId)) {
      const engagementKey = { ...key, portalId, kind };
      // oxlint-disable-next-line no-await-in-loop -- two at the most
      const there = await settleEngagement(dependencies, connected, engagementKey, meeting);
      if (there === null) continue;
      if (there.row.joined) {
        // oxlint-disable-next-line no-await-in-loop -- as above
        await leaveCalendarMeeting(dependencies, connected, engagementKey, there, meeting);
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- as above
      await crm.objects(there.row.object_type).archive(there.hubspotId);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await forgetEngagement(db, engagementKey, there.row);
    }
  };
}

/** Erases the meeting's content here; its activities were taken back before. */
export function erase(dependencies: ActivityDependencies) {
  return async (key: MeetingKey): Promise<void> => {
    await eraseMeeting(dependencies.db, key);
  };
}

import type { ConnectedCrm } from '../../connection/open-crm';
import { finishDeletion } from '../../store/meetings/delete-meeting';
import { deleteEngagement, listEngagements } from '../../store/engagements/ledger';
import type { MeetingKey } from '../../store/meetings/key';
import { findMeeting } from '../../store/meetings/meetings';
import { NotConnectedError } from '../../connection/tokens';
import { leaveCalendarMeeting } from './calendar-meeting';
import type { ActivityDependencies } from '../dependencies';
import { takeBackFields } from '../fields/write-fields';
import { isTaskKind } from '../../meeting/tasks/steps';
import { taskStays } from '../tasks/update-task';
import { removeActivity } from './remove-activity';
import { settleEngagement } from './recover';

/**
 * Removes both activities from HubSpot, and the tasks that people left as they were. An activity whose create has an
 * unknown outcome is looked for first, so that none remains. A joined calendar meeting stays and loses only our part.
 * When a meeting is deleted, activities in an account that is not connected remain, and the meeting's reason lists them.
 */
export function removeFromHubSpot(dependencies: ActivityDependencies) {
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
    const { portalId } = connected;
    await takeBackFields(dependencies, connected, key);
    for (const row of await listEngagements(db, key, portalId)) {
      const engagementKey = { ...key, portalId, kind: row.kind };
      // The content may be deleted. The ledger keeps what is needed to find the activity.
      const recording = {
        recordingUrl: meeting?.body?.recordingUrl ?? row.sought_url ?? '',
        startedAt: meeting?.body?.startedAt ?? row.sought_at?.toISOString() ?? '',
      };
      // oxlint-disable-next-line no-await-in-loop -- few rows
      const existing = await settleEngagement(dependencies, connected, engagementKey, recording);
      if (existing === null) continue;
      if (existing.row.joined) {
        // oxlint-disable-next-line no-await-in-loop -- as above
        await leaveCalendarMeeting(dependencies, connected, engagementKey, existing, recording);
        continue;
      }
      const { kind } = row;
      // oxlint-disable-next-line no-await-in-loop -- as above
      const stays =
        isTaskKind(kind) && (await taskStays(dependencies, connected, { ...key, portalId, kind }, existing));
      // Without the meeting, the task of a person is no longer followed.
      if (stays && meeting?.erasing !== true) continue;
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (!stays) await removeActivity(dependencies, connected, engagementKey, existing);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await deleteEngagement(db, engagementKey, existing.row);
    }
  }
}

/** Ends a deletion. The content was already deleted when the deletion was requested. */
export function erase(dependencies: ActivityDependencies) {
  return async (key: MeetingKey): Promise<void> => {
    await finishDeletion(dependencies.db, key);
  };
}

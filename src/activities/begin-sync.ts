import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import type { BegunSync } from '../meeting/pass';
import type { MeetingKey } from '../store/meetings/key';
import { saveProgress, type MeetingRow } from '../store/meetings/meetings';
import { findMeetingAndSettings } from '../store/plan-rows';
import { isRecordedTwice } from '../store/meetings/same-event';
import { FAILURE } from '../temporal/failures';
import { NotConnectedError } from '../connection/tokens';
import { claimLost, OtherPassRunningError, type ActivityDependencies } from './dependencies';

export interface BeginInput extends MeetingKey {
  /** The claim of a bulk pass. Absent in a workflow. */
  readonly bulk?: string;
}

/** Marks the meeting as syncing and obtains a valid access token before any work depends on it. */
export function beginSync(dependencies: ActivityDependencies) {
  return async ({ bulk, ...key }: BeginInput): Promise<BegunSync> => {
    const found = await findMeetingAndSettings(dependencies.db, key);
    if (found === null || (found.row.status === 'deleted' && !found.row.erasing)) {
      throw ApplicationFailure.nonRetryable(
        `Meeting ${key.meetingId} is not stored in workspace ${key.workspaceId}: post it first`,
        FAILURE.unknownMeeting,
      );
    }
    const { row: meeting, settings, readAt: begunAt, hasTasks } = found;
    const portalId = await accountOf(key, meeting);
    const runId = bulk === undefined ? activityInfo().workflowExecution?.runId : undefined;
    const begins = await saveProgress(dependencies.db, key, {
      status: 'syncing',
      reason: meeting.erasing ? meeting.reason : null,
      // A meeting being deleted keeps the account that has its activities.
      ...(meeting.erasing ? {} : { portalId }),
      begins: true,
      bulk,
      ...(runId === undefined ? {} : { runId }),
    });
    if (!begins) throw bulk === undefined ? new OtherPassRunningError() : claimLost();
    return {
      begunAt,
      portalId,
      task: meeting.erasing ? 'erase' : 'sync',
      rewrite: meeting.rewrite,
      rewrites: meeting.rewrites_wanted,
      ...(settings.fieldMappings.length > 0 ? { fields: true as const } : {}),
      ...(settings.createTasks !== 'off' || hasTasks ? { tasks: true as const } : {}),
      recordedTwice:
        settings.oneRecordingPerMeeting && !meeting.erasing && (await isRecordedTwice(dependencies.db, key)),
    };
  };

  async function accountOf(key: MeetingKey, meeting: MeetingRow): Promise<number> {
    try {
      return (await dependencies.tokens.access(key.workspaceId)).portalId;
    } catch (error) {
      // A deletion also runs without a connection; it reports the activities that it could not remove.
      if (meeting.erasing && error instanceof NotConnectedError) return meeting.portal_id ?? 0;
      throw error;
    }
  }
}

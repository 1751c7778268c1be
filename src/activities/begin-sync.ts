import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { findMeeting, saveProgress, type MeetingKey } from '../store/meetings';
import { isRecordedTwice } from '../store/same-event';
import { loadSettings } from '../store/settings';
import { FAILURE } from '../temporal/failures';
import type { ActivityDependencies } from './dependencies';

/** What a pass is about to do, and in which HubSpot account. */
export interface BegunSync {
  /** Null when the meeting is to be erased and no account is connected. */
  readonly portalId: number;
  readonly task: 'sync' | 'erase';
  /** Both activities are to be written again although nothing changed here. */
  readonly rewrite: boolean;
  /** How often that was asked for so far: the outcome fulfils these wishes, and none that came later. */
  readonly rewrites: number;
  /** The settings have only the first recording of a calendar event written, and this is another one. */
  readonly recordedTwice: boolean;
}

/** Marks the meeting as syncing and makes sure of a good access token before any work depends on it. */
export function beginSync(dependencies: ActivityDependencies) {
  return async (key: MeetingKey): Promise<BegunSync> => {
    const meeting = await findMeeting(dependencies.db, key);
    if (meeting === null || meeting.status === 'deleted') {
      throw ApplicationFailure.nonRetryable(
        `Meeting ${key.meetingId} is not stored in workspace ${key.workspaceId}: post it first`,
        FAILURE.unknownMeeting,
      );
    }
    const { portalId } = await dependencies.tokens.access(key.workspaceId);
    const runId = activityInfo().workflowExecution?.runId;
    await saveProgress(dependencies.db, key, {
      status: 'syncing',
      reason: null,
      portalId,
      begins: true,
      ...(runId === undefined ? {} : { runId }),
    });
    const { oneRecordingPerMeeting } = await loadSettings(dependencies.db, key.workspaceId);
    return {
      portalId,
      task: meeting.erasing ? 'erase' : 'sync',
      rewrite: meeting.rewrite,
      rewrites: meeting.rewrites_wanted,
      recordedTwice: oneRecordingPerMeeting && !meeting.erasing && (await isRecordedTwice(dependencies.db, key)),
    };
  };
}

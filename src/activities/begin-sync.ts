import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { findMeeting, saveProgress, type MeetingKey } from '../store/meetings';
import { FAILURE } from '../temporal/failures';
import type { ActivityDependencies } from './dependencies';

/** What a pass is about to do, and in which HubSpot account. */
export interface BegunSync {
  /** Null when the meeting is to be erased and no account is connected. */
  readonly portalId: number;
  readonly task: 'sync' | 'erase';
  /** Both activities are to be written again although nothing changed here. */
  readonly rewrite: boolean;
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
      ...(runId === undefined ? {} : { runId }),
    });
    return { portalId, task: meeting.erasing ? 'erase' : 'sync', rewrite: meeting.rewrite };
  };
}

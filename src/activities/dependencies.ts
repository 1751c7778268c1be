import { ApplicationFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import type { Gateway } from '../connection/open-crm';
import type { Journal } from '../hubspot/journal/journal';
import type { ProcessedMeeting } from '../meeting/intake/schema';
import type { Settings } from '../meeting/settings';
import type { MeetingKey } from '../store/meetings/key';
import type { MeetingRow } from '../store/meetings/meetings';
import { findMeetingAndSettings } from '../store/plan-rows';
import type { DbPool } from '../store/database';
import type { Metrics } from '../telemetry/metrics';
import type { Tokens } from '../connection/tokens';

/** What activities work with. The worker creates it once; tests create their own. */
export interface ActivityDependencies {
  readonly db: DbPool;
  readonly gateway: Gateway;
  readonly tokens: Tokens;
  readonly journal: Journal;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'securityEvent' | 'onTimeline' | 'sync'>;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`). */
  readonly timeScale: number;
}

/** The meeting was deleted during its sync. The pass ends, and the next one removes the activities. */
export class ContentDeletedError extends Error {
  override readonly name = 'ContentDeletedError';
  constructor() {
    super('the meeting no longer has content');
  }
}

/** The failure of a bulk pass whose claim has ended: another pass has this meeting. */
export function claimLost(): ApplicationFailure {
  return ApplicationFailure.nonRetryable('The claim of the bulk pass has ended: another pass has this meeting');
}

/** A bulk pass has claimed this meeting. Two passes never write concurrently, so the workflow waits for it. */
export class OtherPassRunningError extends Error {
  override readonly name = 'OtherPassRunningError';
  constructor() {
    super('a bulk pass of this meeting is running');
  }
}

/** What a writing step works with. */
export interface LoadedMeeting {
  readonly meeting: ProcessedMeeting;
  readonly settings: Settings;
  /** When its content was posted. */
  readonly postedAt: Date;
  /** Warnings of earlier passes and steps, by step. */
  readonly warnings: MeetingRow['pass_warnings'];
}

/**
 * Loads the stored content of a meeting and the workspace's settings, as they are now.
 *
 * @throws {@link ContentDeletedError}
 */
export async function loadMeeting({ db }: ActivityDependencies, key: MeetingKey): Promise<LoadedMeeting> {
  const found = await findMeetingAndSettings(db, key);
  if (found === null || found.row.body === null) throw new ContentDeletedError();
  const { row, settings } = found;
  return { meeting: found.row.body, settings, postedAt: row.posted_at, warnings: row.pass_warnings };
}

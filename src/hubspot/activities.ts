import { renderNotes } from '../meeting/notes-body';
import type { ProcessedMeeting } from '../meeting/schema';
import { linksTo } from '../meeting/html';
import { renderSummary } from '../meeting/summary-body';
import type { ActivityType } from './association-types';
import type { CrmRecord } from './batch-answers';
import type { Properties } from './objects';

/** What one activity should be in HubSpot. */
export interface ActivityContent {
  readonly objectType: ActivityType;
  readonly properties: Properties;
}

/** How an activity is known again: by its recording link and its time, which HubSpot keeps. */
export interface ActivityIdentity {
  readonly recordingUrl: string;
  readonly startedAt: Date | string;
}

/** Properties that {@link recogniser} looks at. */
export const RECOGNISED_BY: Record<ActivityType, readonly string[]> = {
  meetings: ['hs_timestamp', 'hs_meeting_external_url', 'hs_meeting_title', 'hs_meeting_body'],
  notes: ['hs_timestamp', 'hs_note_body'],
  calls: ['hs_timestamp', 'hs_call_body'],
};

/**
 * The Meeting Summary as a HubSpot meeting ("Meetings" guide). `hs_timestamp` places it on the timeline: the meeting's
 * start, never the time of the sync.
 */
export function summaryActivity(meeting: ProcessedMeeting, ownerId: string | null): ActivityContent {
  const { title, html } = renderSummary(meeting);
  const timestamp = utc(meeting.startedAt);
  return {
    objectType: 'meetings',
    properties: {
      hs_timestamp: timestamp,
      hs_meeting_title: title,
      hs_meeting_body: html,
      hs_meeting_start_time: timestamp,
      hs_meeting_end_time: utc(meeting.endedAt),
      hs_meeting_outcome: 'COMPLETED',
      hs_meeting_external_url: meeting.recordingUrl,
      ...(ownerId === null ? {} : { hubspot_owner_id: ownerId }),
    },
  };
}

/** The Smart Category Notes as a HubSpot note ("Notes" guide), or null when the meeting has no notes and clips. */
export function notesActivity(meeting: ProcessedMeeting, ownerId: string | null): ActivityContent | null {
  const content = renderNotes(meeting);
  if (content === null) return null;
  const timestamp = utc(meeting.startedAt);
  return {
    objectType: 'notes',
    properties: {
      hs_timestamp: timestamp,
      hs_note_body: content.html,
      ...(ownerId === null ? {} : { hubspot_owner_id: ownerId }),
    },
  };
}

/** Tells whether a record is the activity that was sent for this recording, whatever its content. */
export function recogniser({ recordingUrl, startedAt }: ActivityIdentity): (record: CrmRecord) => boolean {
  const timestamp = new Date(startedAt).getTime();
  return ({ properties }) =>
    timeOf(properties['hs_timestamp']) === timestamp &&
    (properties['hs_meeting_external_url'] === recordingUrl ||
      BODIES.some((body) => linksTo(properties[body] ?? '', recordingUrl)));
}

const BODIES = ['hs_meeting_body', 'hs_note_body', 'hs_call_body'] as const;

function utc(time: string): string {
  return new Date(time).toISOString();
}

/** HubSpot answers times as ISO 8601 or as milliseconds. */
function timeOf(answered: string | null | undefined): number | null {
  if (answered === null || answered === undefined) return null;
  return /^\d+$/.test(answered) ? Number(answered) : Date.parse(answered);
}

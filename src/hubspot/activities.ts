import { renderNotes } from '../meeting/notes-body';
import type { ProcessedMeeting } from '../meeting/schema';
import { linksTo } from '../meeting/html';
import { renderSummary } from '../meeting/summary-body';
import type { ActivityType } from './association-types';
import type { CrmRecord } from './batch-answers';
import type { Properties } from './objects';

/** What one activity should be in HubSpot, and how it is known again. */
export interface ActivityContent {
  readonly objectType: ActivityType;
  readonly properties: Properties;
  /** Whether a record of this type is this activity: by its recording link and its time, which HubSpot keeps. */
  readonly recognise: (record: CrmRecord) => boolean;
}

/** Properties that {@link ActivityContent.recognise} looks at. */
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
    recognise: ({ properties }) =>
      sameTime(properties['hs_timestamp'], timestamp) &&
      (properties['hs_meeting_external_url'] === meeting.recordingUrl ||
        linksTo(properties['hs_meeting_body'] ?? '', meeting.recordingUrl)),
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
    recognise: ({ properties }) =>
      sameTime(properties['hs_timestamp'], timestamp) &&
      linksTo(properties['hs_note_body'] ?? '', meeting.recordingUrl),
  };
}

function utc(time: string): string {
  return new Date(time).toISOString();
}

/** HubSpot answers times as ISO 8601 or as milliseconds. */
function sameTime(answered: string | null | undefined, written: string): boolean {
  if (answered === null || answered === undefined) return false;
  const ms = /^\d+$/.test(answered) ? Number(answered) : Date.parse(answered);
  return ms === Date.parse(written);
}

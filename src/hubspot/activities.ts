import { createHash } from 'node:crypto';
import { linksTo } from '../meeting/content/html';
import { renderNotes } from '../meeting/content/notes-body';
import { isSameOccurrence } from '../meeting/occurrence';
import type { ProcessedMeeting } from '../meeting/intake/schema';
import type { Settings, SummaryType } from '../meeting/settings';
import { isTaskKind, type TaskKind } from '../meeting/tasks/steps';
import { renderTask } from '../meeting/tasks/task-content';
import { renderSummary, renderSummaryNote } from '../meeting/content/summary-body';
import type { ActivityType } from './catalogue/association-types';
import type { CrmRecord } from './client/batch-answers';
import { fingerprint, LAST_MODIFIED } from './fingerprints';
import type { Properties } from './objects';
import { timeOf } from './times';

/** The content of one activity in HubSpot. */
export interface ActivityContent {
  readonly objectType: ActivityType;
  readonly properties: Properties;
}

/** Digest of an activity's content. HubSpot cleans up bodies, so its answer is never compared. Only what we sent last is. */
export function contentHash({ objectType, properties }: ActivityContent): string {
  return createHash('sha256')
    .update(JSON.stringify([objectType, properties]))
    .digest('hex');
}

/** Identifies an activity: its kind, its recording link and its time, which HubSpot keeps. */
export interface ActivityIdentity {
  readonly kind: 'summary' | 'notes' | TaskKind;
  readonly recordingUrl: string;
  /** `hs_timestamp`: the start of the meeting, or when a task is due. Null if a person may have changed it. */
  readonly startedAt: Date | string | null;
  /** Digests of the texts of its create (`textsOf`). They distinguish the tasks of one meeting; others need none. */
  readonly sending?: Readonly<Record<string, string>> | null;
}

/** Properties that {@link recogniser} and {@link isCalendarMeeting} compare. */
export const RECOGNISED_BY: Record<ActivityType, readonly string[]> = {
  meetings: [
    'hs_timestamp',
    'hs_meeting_external_url',
    'hs_meeting_title',
    'hs_meeting_body',
    'hs_meeting_start_time',
    'hs_i_cal_uid',
  ],
  notes: ['hs_timestamp', 'hs_note_body'],
  calls: ['hs_timestamp', 'hs_call_body'],
  tasks: ['hs_timestamp', 'hs_task_subject', 'hs_task_body'],
};

/** What only people and HubSpot set in a task. */
export const WATCHED_IN_TASKS = ['hs_task_priority', 'hs_task_completion_date'] as const;

/** Properties that activities are written with, by type. Reads request them to detect people's changes. */
export const WRITTEN_PROPERTIES: Record<ActivityType, readonly string[]> = {
  meetings: [
    'hs_timestamp',
    'hubspot_owner_id',
    'hs_meeting_title',
    'hs_meeting_body',
    'hs_meeting_start_time',
    'hs_meeting_end_time',
    'hs_meeting_outcome',
    'hs_meeting_external_url',
  ],
  notes: ['hs_timestamp', 'hubspot_owner_id', 'hs_note_body'],
  calls: [
    'hs_timestamp',
    'hubspot_owner_id',
    'hs_call_title',
    'hs_call_body',
    'hs_call_duration',
    'hs_call_status',
    'hs_call_direction',
    'hs_call_recording_url',
  ],
  tasks: ['hs_timestamp', 'hubspot_owner_id', 'hs_task_subject', 'hs_task_body', 'hs_task_status', 'hs_task_type'],
};

const SUMMARY_TYPES: Record<Exclude<ActivityType, 'tasks'>, SummaryType> = {
  meetings: 'meeting',
  calls: 'call',
  notes: 'note',
};

/** The type that an existing summary was written as. */
export function summaryTypeOf(objectType: ActivityType): SummaryType {
  if (objectType === 'tasks') throw new Error('a summary is never written as a task');
  return SUMMARY_TYPES[objectType];
}

/**
 * Builds the Meeting Summary as a HubSpot meeting, call or note ("Meetings", "Calls" and "Notes" guides).
 * `hs_timestamp` places it on the timeline: it is the meeting's start, never the time of the sync.
 */
export function summaryActivity(
  meeting: ProcessedMeeting,
  ownerId: string | null,
  summaryType: SummaryType,
): ActivityContent {
  const common = {
    hs_timestamp: utc(meeting.startedAt),
    ...(ownerId === null ? {} : { hubspot_owner_id: ownerId }),
  };
  switch (summaryType) {
    case 'meeting': {
      const { title, html } = renderSummary(meeting);
      return {
        objectType: 'meetings',
        properties: {
          ...common,
          hs_meeting_title: title,
          hs_meeting_body: html,
          hs_meeting_start_time: utc(meeting.startedAt),
          hs_meeting_end_time: utc(meeting.endedAt),
          hs_meeting_outcome: 'COMPLETED',
          hs_meeting_external_url: meeting.recordingUrl,
        },
      };
    }
    case 'call': {
      const { title, html } = renderSummary(meeting);
      return {
        objectType: 'calls',
        properties: {
          ...common,
          hs_call_title: title,
          hs_call_body: html,
          hs_call_duration: String(Date.parse(meeting.endedAt) - Date.parse(meeting.startedAt)),
          hs_call_status: 'COMPLETED',
          // The direction is unknown. The host owns the activity and is on our side.
          hs_call_direction: 'OUTBOUND',
          ...playedRecording(meeting),
        },
      };
    }
    case 'note':
      return { objectType: 'notes', properties: { ...common, hs_note_body: renderSummaryNote(meeting).html } };
  }
}

/** Builds the Smart Category Notes as a HubSpot note ("Notes" guide). Null if the meeting has no notes and no clips. */
export function notesActivity(
  meeting: ProcessedMeeting,
  ownerId: string | null,
  { recordingLinkFormat }: Pick<Settings, 'recordingLinkFormat'>,
): ActivityContent | null {
  const content = renderNotes(meeting, recordingLinkFormat);
  if (content === null) return null;
  return {
    objectType: 'notes',
    properties: {
      hs_timestamp: utc(meeting.startedAt),
      hs_note_body: content.html,
      ...(ownerId === null ? {} : { hubspot_owner_id: ownerId }),
    },
  };
}

/**
 * Builds the task of a next step ("Tasks" guide). `hs_timestamp` is when it is due.
 *
 * @param task - `dueAt`: ISO 8601 in UTC
 */
export function taskActivity(
  meeting: Pick<ProcessedMeeting, 'recordingUrl' | 'language'>,
  { text, dueAt, ownerId }: { readonly text: string; readonly dueAt: string; readonly ownerId: string | null },
): ActivityContent {
  const { subject, html } = renderTask(meeting, text);
  return {
    objectType: 'tasks',
    properties: {
      hs_timestamp: dueAt,
      hs_task_subject: subject,
      hs_task_body: html,
      hs_task_status: TASK_STATUS.open,
      hs_task_type: 'TODO',
      ...(ownerId === null ? {} : { hubspot_owner_id: ownerId }),
    },
  };
}

const TASK_STATUS = { open: 'NOT_STARTED', completed: 'COMPLETED' } as const;

/**
 * When a person completed a task; null while it is open. A task that was opened again keeps its time of completion, so its
 * status decides.
 */
export function completedAt({ properties }: Pick<CrmRecord, 'properties'>): Date | null {
  if (properties['hs_task_status'] !== TASK_STATUS.completed) return null;
  return new Date(timeOf(properties['hs_task_completion_date'] || properties[LAST_MODIFIED]) ?? Date.now());
}

/**
 * Builds a check for whether a record is the activity that was sent for this recording. The check does not depend on
 * the content. A meeting that a calendar created is never ours, although our part may be in it. Of two notes of one
 * recording, only the Smart Category Notes link to it in their first line.
 */
export function recogniser(identity: ActivityIdentity): (record: CrmRecord) => boolean {
  const { kind, recordingUrl, startedAt } = identity;
  const timestamp = startedAt === null ? null : new Date(startedAt).getTime();
  const isAtTime = ({ properties }: CrmRecord) =>
    timestamp === null || timeOf(properties['hs_timestamp']) === timestamp;
  if (isTaskKind(kind)) return (record) => isAtTime(record) && isTaskOf(record, identity);
  return (record) => {
    const { properties } = record;
    if (!isAtTime(record) || properties['hs_i_cal_uid']) return false;
    if (properties['hs_meeting_external_url'] === recordingUrl) return kind === 'summary';
    const note = properties['hs_note_body'] ?? '';
    if (note !== '')
      return linksTo(note, recordingUrl) && linksTo(firstLine(note), recordingUrl) === (kind === 'notes');
    return (
      kind === 'summary' &&
      ['hs_meeting_body', 'hs_call_body'].some((body) => linksTo(properties[body] ?? '', recordingUrl))
    );
  };
}

/** A person may have changed the subject of a task, or its body, so one of the two is enough. */
function isTaskOf({ properties }: CrmRecord, { recordingUrl, sending }: ActivityIdentity): boolean {
  return (
    linksTo(properties['hs_task_body'] ?? '', recordingUrl) &&
    ['hs_task_subject', 'hs_task_body'].some((name) => {
      const sent = sending?.[name];
      return sent !== undefined && sent === fingerprint(name, properties[name]).text;
    })
  );
}

/** Whether a record is the meeting that a calendar created for this occurrence of its event. */
export function isCalendarMeeting(
  { properties, archived }: CrmRecord,
  { calendarEventId, startedAt }: { readonly calendarEventId: string; readonly startedAt: Date | string },
): boolean {
  const start = calendarStart({ properties });
  return (
    !archived &&
    // Outlook's ids are hexadecimal, and some programs change their case.
    properties['hs_i_cal_uid']?.toLowerCase() === calendarEventId.toLowerCase() &&
    start !== null &&
    isSameOccurrence(start, startedAt)
  );
}

/** Start of a meeting: its start time, or else its time on the timeline. */
export function calendarStart({ properties }: Pick<CrmRecord, 'properties'>): Date | null {
  const time = timeOf(properties['hs_meeting_start_time'] || properties['hs_timestamp']);
  return time === null ? null : new Date(time);
}

/** The address that HubSpot plays: that of the audio or video itself, or a link to the recording that is such a file. */
function playedRecording({ recordingMediaUrl, recordingUrl }: ProcessedMeeting): Properties {
  const url = recordingMediaUrl ?? (isPlayable(recordingUrl) ? recordingUrl : undefined);
  return url === undefined ? {} : { hs_call_recording_url: url };
}

/** HubSpot plays recordings from https addresses of .mp3 and .wav files ("Calls" guide). */
function isPlayable(url: string): boolean {
  const { protocol, pathname } = new URL(url);
  return protocol === 'https:' && /\.(?:mp3|wav)$/i.test(pathname);
}

/** The text up to the end of the first paragraph or the start of a list. */
function firstLine(body: string): string {
  return body.slice(0, /<\/(?:p|div)\s*>|<[uo]l\b/i.exec(body)?.index);
}

function utc(time: string): string {
  return new Date(time).toISOString();
}

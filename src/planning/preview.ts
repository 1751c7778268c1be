import type { Gateway } from '../connection/open-crm';
import { notesActivity, summaryActivity, type ActivityContent } from '../hubspot/activities';
import type { ActivityType } from '../hubspot/catalogue/association-types';
import type { MeetingPreview, PreviewedActivity } from '../meeting/preview';
import type { ProcessedMeeting } from '../meeting/intake/schema';
import { recordKey } from '../meeting/linking/cascade';
import type { Choice } from '../meeting/linking/choices';
import { matchableParticipants } from '../meeting/people/participants';
import type { Settings } from '../meeting/settings';
import { removesFromHubSpot, skipReason, type Skip } from '../meeting/skips';
import { isSinceTasks } from '../store/engagements/tasks';
import type { MeetingKey } from '../store/meetings/key';
import { findDeletedOrMerged } from '../store/mirror/mirror';
import { isRecordedTwice } from '../store/meetings/same-event';
import type { DbPool } from '../store/database';
import { previewFields } from './fields/preview-fields';
import { loadPlanInput, type PlanInput } from './input';
import { namedRecordsOf } from './named-records';
import { planMeeting } from './plan';
import { HubSpotReader } from './reader';
import { previewTasks, type MeetingOfTasks } from './tasks/preview-tasks';

/** The dependencies of a preview, which both the server and the worker have. */
export interface PreviewDependencies {
  readonly db: DbPool;
  readonly gateway: Pick<Gateway, 'connect'>;
}

/**
 * Returns what a sync of the meeting would now write and link, and what it would exclude. Nothing is written to
 * HubSpot, and to our database only what the gateway needs (limits, tokens).
 *
 * @param requested - a request of a person that the sync would fulfil: to run again, after the choice if there is one
 * @returns null when the workspace has no such meeting, or its content was deleted
 * @throws the gateway's errors: `NotConnectedError`, `HubSpotError`, `BudgetExhaustedError` …
 */
export async function previewMeeting(
  { db, gateway }: PreviewDependencies,
  key: MeetingKey,
  requested?: { readonly choice: Choice | null },
): Promise<MeetingPreview | null> {
  const connected = await gateway.connect(key.workspaceId);
  const { crm, portalId } = connected;
  const stored = await loadPlanInput(db, key, portalId);
  if (stored === null) return null;
  const input = requested === undefined ? stored : asRequested(stored, requested.choice);
  const recordedTwice = await isRecordedTwice(db, key);
  const named = await namedRecordsOf(db, portalId, matchableParticipants(input.meeting, input.settings).external);
  const reader = new HubSpotReader(crm, findDeletedOrMerged(db, portalId), {
    named: (kind, value) => named.ids(kind, value),
  });
  const { skip, links, leftOut } = await planMeeting(reader, input, recordedTwice);
  const { workspaceId, meetingId } = key;
  const { meeting, settings } = input;
  const meetings = [{ meetingId, meeting, links: skip === null ? links : [] }];
  const [fields, makesNew] = await Promise.all([
    previewFields(db, { crm, portalId }, { workspaceId, settings, meetings }),
    input.row.rewrite || isSinceTasks(db, workspaceId, input.row.posted_at),
  ]);
  const ofTasks = { key: { ...key, portalId }, meeting, settings, makesNew, outcome: outcomeOf(skip) };
  return {
    meetingId,
    written: skip === null,
    reason: skip === null ? null : skipReason(skip, input.settings),
    activities: previewedActivities(meeting, settings),
    links,
    leftOut,
    fields: fields.get(meetingId) ?? [],
    tasks: await previewTasks(db, connected, ofTasks),
    warnings: input.row.intake_warnings,
  };
}

/** What becomes of the tasks of a meeting with the activities that they belong to. */
export function outcomeOf(skip: Skip | null): MeetingOfTasks['outcome'] {
  if (skip === null) return 'written';
  return removesFromHubSpot(skip) ? 'removed' : 'stays';
}

/** The input of the pass that fulfils a person's request. A choice replaces the one about the same record. */
function asRequested(input: PlanInput, choice: Choice | null): PlanInput {
  const others = input.choices.filter((each) => choice === null || recordKey(each) !== recordKey(choice));
  return {
    ...input,
    row: { ...input.row, rewrite: true },
    choices: choice === null ? others : [...others, choice],
  };
}

/** Renders both activities as a sync writes them. A sync also looks up their owner, which is not part of the text. */
export function previewedActivities(
  meeting: ProcessedMeeting,
  settings: Pick<Settings, 'summaryType' | 'recordingLinkFormat'>,
): MeetingPreview['activities'] {
  const notes = notesActivity(meeting, null, settings);
  return {
    summary: previewed(summaryActivity(meeting, null, settings.summaryType)),
    notes: notes === null ? null : previewed(notes),
  };
}

const TEXTS: Record<Exclude<ActivityType, 'tasks'>, { readonly title: string | null; readonly body: string }> = {
  meetings: { title: 'hs_meeting_title', body: 'hs_meeting_body' },
  calls: { title: 'hs_call_title', body: 'hs_call_body' },
  notes: { title: null, body: 'hs_note_body' },
};

function previewed({ objectType, properties }: ActivityContent): PreviewedActivity {
  if (objectType === 'tasks') throw new Error('a task is not one of the two activities');
  const { title, body } = TEXTS[objectType];
  return {
    objectType,
    title: title === null ? null : (properties[title] ?? null),
    body: properties[body] ?? '',
  };
}

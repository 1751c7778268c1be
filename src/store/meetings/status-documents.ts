import { timelineUrl } from '../../meeting/hubspot-urls';
import type { FieldState } from '../../meeting/fields/field-status';
import type { EngagementRef, StatusDocument } from '../../meeting/status';
import type { TaskState } from '../../meeting/tasks/task-state';
import { syncMeetingWorkflowId, workflowUrl } from '../../temporal/names';
import type { Db } from '../database';
import { taskStatesOf } from '../engagements/tasks';
import { fieldStatesOf } from '../fields/candidates';
import { listLinks, type StoredLink } from './links';
import { engagementsOf, linksOf, type WhereWritten } from './linked-and-written';
import { listMeetingRows, type ListedMeeting, type MeetingFilters } from './meeting-lists';
import { findMeeting, type MeetingRow } from './meetings';
import { sameEvents } from './same-event';
import { warningsOf } from './warnings';

/** The base of links to Temporal's UI. */
export interface TemporalUi {
  readonly temporalUiUrl: string | null;
  readonly namespace: string;
}

/** @returns the meeting's status document, or null when the workspace has no such meeting */
export async function statusDocument(
  db: Db,
  workspaceId: string,
  meetingId: string,
  ui: TemporalUi,
): Promise<StatusDocument | null> {
  const meeting = await findMeeting(db, { workspaceId, meetingId });
  return meeting === null ? null : await documentOf(db, meeting, ui);
}

/**
 * A page of status documents, newest first.
 *
 * @param options - the filters; `cursor`: from another page; `limit`: the most documents
 * @throws `InvalidCursorError` when no page returned the cursor
 */
export async function listMeetings(
  db: Db,
  workspaceId: string,
  { cursor, limit, ...filters }: MeetingFilters & { readonly cursor?: string | undefined; readonly limit: number },
  ui: TemporalUi,
): Promise<{ meetings: StatusDocument[]; nextCursor: string | null; previousCursor: string | null }> {
  const page = await listMeetingRows(db, workspaceId, filters, { cursor, limit });
  const ids = page.meetings.map((row) => row.meeting_id);
  const [engagements, links, others, fields, tasks] = await Promise.all([
    engagementsOf(db, workspaceId, ids),
    linksOf(db, workspaceId, ids),
    sameEvents(db, workspaceId, ids),
    fieldStatesOf(db, workspaceId, ids),
    taskStatesOf(db, workspaceId, ids),
  ]);
  const meetings = page.meetings.map((row) =>
    documentFrom(row, {
      engagements: engagements.get(row.meeting_id) ?? [],
      links: links.get(row.meeting_id) ?? [],
      sameEvent: others.get(row.meeting_id) ?? [],
      fields: fields.get(row.meeting_id) ?? [],
      tasks: tasks.get(row.meeting_id) ?? [],
      ui,
    }),
  );
  return { ...page, meetings };
}

async function documentOf(db: Db, meeting: MeetingRow, ui: TemporalUi): Promise<StatusDocument> {
  const key = { workspaceId: meeting.workspace_id, meetingId: meeting.meeting_id };
  const portalId = meeting.portal_id;
  const [engagements, links, fields, tasks] =
    portalId === null
      ? [[], [], [], []]
      : await Promise.all([
          engagementsOf(db, key.workspaceId, [key.meetingId]).then((found) => found.get(key.meetingId) ?? []),
          listLinks(db, key, portalId),
          fieldStatesOf(db, key.workspaceId, [key.meetingId]).then((found) => found.get(key.meetingId) ?? []),
          taskStatesOf(db, key.workspaceId, [key.meetingId]).then((found) => found.get(key.meetingId) ?? []),
        ]);
  const sameEvent = (await sameEvents(db, key.workspaceId, [key.meetingId])).get(key.meetingId) ?? [];
  return documentFrom(meeting, { engagements, links, sameEvent, fields, tasks, ui });
}

function documentFrom(
  meeting: Pick<MeetingRow, keyof MeetingRow & keyof ListedMeeting>,
  {
    engagements,
    links,
    sameEvent,
    fields,
    tasks,
    ui,
  }: {
    readonly engagements: readonly WhereWritten[];
    readonly links: readonly StoredLink[];
    readonly sameEvent: readonly string[];
    readonly fields: readonly FieldState[];
    readonly tasks: readonly TaskState[];
    readonly ui: TemporalUi;
  },
): StatusDocument {
  const id = syncMeetingWorkflowId(meeting.workspace_id, meeting.meeting_id);
  return {
    meetingId: meeting.meeting_id,
    title: meeting.title === '' ? null : meeting.title,
    startedAt: meeting.started_at.toISOString(),
    status: meeting.status,
    reason: meeting.reason,
    engagements: {
      summary: engagementRef(engagements, 'summary', links),
      notes: engagementRef(engagements, 'notes', links),
    },
    links: links
      .filter((link) => link.refused === null)
      .map(({ objectType, id: recordId, via, from }) => ({ objectType, id: recordId, via, from })),
    unmatched: meeting.unmatched,
    warnings: warningsOf(meeting),
    fields,
    tasks,
    sameEvent,
    workflow: {
      id,
      runId: meeting.run_id,
      url: meeting.run_id === null ? null : workflowUrl(ui.temporalUiUrl, ui.namespace, id, meeting.run_id),
    },
    acceptedAt: meeting.accepted_at.toISOString(),
    syncedAt: meeting.synced_at?.toISOString() ?? null,
    updatedAt: meeting.updated_at.toISOString(),
  };
}

/**
 * Where one activity of a meeting is in HubSpot; null also for one that a person deleted there. The address is that of the
 * activity on the timeline of a linked record, because HubSpot's own of a note is a list. Without such a record, or
 * while the account is not connected, it is HubSpot's own.
 */
function engagementRef(
  rows: readonly WhereWritten[],
  kind: WhereWritten['kind'],
  links: readonly StoredLink[],
): EngagementRef | null {
  const row = rows.find((engagement) => engagement.kind === kind && engagement.deleted_at === null);
  if (row === undefined || row.hubspot_id === null || row.url === null) return null;
  const { object_type: objectType, hubspot_id: id, url, portal_id: portalId, ui_domain: uiDomain } = row;
  const record = timelineOf(links);
  if (record === undefined || uiDomain === null) return { objectType, id, url };
  return { objectType, id, url: timelineUrl({ uiDomain, portalId }, record, id) };
}

/** HubSpot shows timelines on contacts, companies and deals: a contact's first, where people look for a meeting. */
function timelineOf(links: readonly StoredLink[]): StoredLink | undefined {
  const accepted = links.filter((link) => link.refused === null);
  return ['contacts', 'companies', 'deals']
    .map((type) => accepted.find(({ objectType }) => objectType === type))
    .find((link) => link !== undefined);
}

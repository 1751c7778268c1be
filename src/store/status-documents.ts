import type { EngagementRef, StatusDocument } from '../meeting/status';
import { syncMeetingWorkflowId, workflowUrl } from '../temporal/names';
import type { Db } from './database';
import { listEngagements } from './ledger';
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
  const [engagements, links, others] = await Promise.all([
    engagementsOf(db, workspaceId, ids),
    linksOf(db, workspaceId, ids),
    sameEvents(db, workspaceId, ids),
  ]);
  const meetings = page.meetings.map((row) =>
    documentFrom(row, {
      engagements: engagements.get(row.meeting_id) ?? [],
      links: links.get(row.meeting_id) ?? [],
      sameEvent: others.get(row.meeting_id) ?? [],
      ui,
    }),
  );
  return { ...page, meetings };
}

async function documentOf(db: Db, meeting: MeetingRow, ui: TemporalUi): Promise<StatusDocument> {
  const key = { workspaceId: meeting.workspace_id, meetingId: meeting.meeting_id };
  const portalId = meeting.portal_id;
  const [engagements, links] =
    portalId === null
      ? [[], []]
      : await Promise.all([listEngagements(db, key, portalId), listLinks(db, key, portalId)]);
  const sameEvent = (await sameEvents(db, key.workspaceId, [key.meetingId])).get(key.meetingId) ?? [];
  return documentFrom(meeting, { engagements, links, sameEvent, ui });
}

function documentFrom(
  meeting: Pick<MeetingRow, keyof MeetingRow & keyof ListedMeeting>,
  {
    engagements,
    links,
    sameEvent,
    ui,
  }: {
    readonly engagements: readonly WhereWritten[];
    readonly links: readonly StoredLink[];
    readonly sameEvent: readonly string[];
    readonly ui: TemporalUi;
  },
): StatusDocument {
  const id = syncMeetingWorkflowId(meeting.workspace_id, meeting.meeting_id);
  return {
    meetingId: meeting.meeting_id,
    status: meeting.status,
    reason: meeting.reason,
    engagements: { summary: engagementRef(engagements, 'summary'), notes: engagementRef(engagements, 'notes') },
    links: links
      .filter((link) => link.refused === null)
      .map(({ objectType, id: recordId, via, from }) => ({ objectType, id: recordId, via, from })),
    unmatched: meeting.unmatched,
    warnings: warningsOf(meeting),
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

/** @returns the reference to one activity of a meeting in HubSpot, or null when it does not exist or a person deleted it */
export function engagementRef(rows: readonly WhereWritten[], kind: WhereWritten['kind']): EngagementRef | null {
  const row = rows.find((engagement) => engagement.kind === kind && engagement.deleted_at === null);
  if (row === undefined || row.hubspot_id === null || row.url === null) return null;
  return { objectType: row.object_type, id: row.hubspot_id, url: row.url };
}

import { sql } from 'kysely';
import type { EngagementRef, StatusDocument, SyncStatus } from '../meeting/status';
import { syncMeetingWorkflowId, workflowUrl } from '../temporal/names';
import type { Db } from './database';
import type { EngagementRow } from './ledger';
import { listEngagements } from './ledger';
import { listLinks } from './links';
import { findMeeting, type MeetingRow } from './meetings';

/** Where links to Temporal's UI point. */
export interface TemporalUi {
  readonly temporalUiUrl: string | null;
  readonly namespace: string;
}

/** The meeting's status document (contract section 5), or null when the workspace has no such meeting. */
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
 * @param options - `cursor` as an earlier page gave it; `limit` documents at most
 * @throws {@link InvalidCursorError} when the cursor is none of ours
 */
export async function listMeetings(
  db: Db,
  workspaceId: string,
  { status, cursor, limit }: { status?: SyncStatus | undefined; cursor?: string | undefined; limit: number },
  ui: TemporalUi,
): Promise<{ meetings: StatusDocument[]; nextCursor: string | null }> {
  const after = cursor === undefined ? null : parseCursor(cursor);
  const rows = await db
    .selectFrom('meetings')
    .selectAll()
    .select(sql<string>`accepted_at::text`.as('accepted_at_text'))
    .where('workspace_id', '=', workspaceId)
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'accepted'))
    .$if(after !== null, (query) =>
      query.where(sql<boolean>`(accepted_at, meeting_id) < (${after?.[0]}::timestamptz, ${after?.[1]})`),
    )
    .orderBy('accepted_at', 'desc')
    .orderBy('meeting_id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const meetings = await Promise.all(page.map((row) => documentOf(db, row, ui)));
  return {
    meetings,
    nextCursor:
      last === undefined
        ? null
        : Buffer.from(JSON.stringify([last.accepted_at_text, last.meeting_id])).toString('base64url'),
  };
}

/** A cursor that {@link listMeetings} did not make. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

function parseCursor(cursor: string): [string, string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(parsed) &&
      typeof parsed[0] === 'string' &&
      typeof parsed[1] === 'string' &&
      !Number.isNaN(Date.parse(parsed[0]))
    ) {
      return [parsed[0], parsed[1]];
    }
  } catch {
    // falls through: anything that does not parse is no cursor of ours
  }
  throw new InvalidCursorError(
    'the cursor is not one that this API gave out: leave it out to begin with the newest meeting',
  );
}

async function documentOf(db: Db, meeting: MeetingRow, ui: TemporalUi): Promise<StatusDocument> {
  const key = { workspaceId: meeting.workspace_id, meetingId: meeting.meeting_id };
  const portalId = meeting.portal_id;
  const [engagements, links] =
    portalId === null
      ? [[], []]
      : await Promise.all([listEngagements(db, key, portalId), listLinks(db, key, portalId)]);
  const id = syncMeetingWorkflowId(key.workspaceId, key.meetingId);
  return {
    meetingId: meeting.meeting_id,
    status: meeting.status,
    reason: meeting.reason,
    engagements: { summary: engagementRef(engagements, 'summary'), notes: engagementRef(engagements, 'notes') },
    links: links
      .filter((link) => link.refused === null)
      .map(({ objectType, id: recordId, via, from }) => ({ objectType, id: recordId, via, from })),
    unmatched: meeting.unmatched,
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

function engagementRef(engagements: readonly EngagementRow[], kind: EngagementRow['kind']): EngagementRef | null {
  const row = engagements.find((engagement) => engagement.kind === kind);
  if (row === undefined || row.hubspot_id === null || row.url === null) return null;
  return { objectType: row.object_type, id: row.hubspot_id, url: row.url };
}

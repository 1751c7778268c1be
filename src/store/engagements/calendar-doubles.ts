import { sql } from 'kysely';
import type { Db } from '../database';
import type { MeetingKey } from '../meetings/key';

/** The settings page counts meetings accepted within this many days. */
const COUNTED_DAYS = 30;

/** A summary that we created, and the calendar event of which HubSpot may have another meeting. */
export interface CalendarCandidate extends MeetingKey {
  readonly calendarEventId: string;
  readonly startedAt: Date;
}

/** Summaries of the last 30 days that have not been checked for a duplicate yet, newest first. */
export async function uncheckedCalendarEvents(
  db: Db,
  workspaceId: string,
  portalId: number,
  limit: number,
): Promise<CalendarCandidate[]> {
  const { rows } = await sql<{ meeting_id: string; calendar_event_id: string; started_at: Date }>`
    select meeting_id, body ->> 'calendarEventId' as calendar_event_id, started_at
    from meetings join engagements using (workspace_id, meeting_id)
    where workspace_id = ${workspaceId} and engagements.portal_id = ${portalId} and ${isCounted}
      and event_key is not null and not joined and calendar_checked_at is null
    order by accepted_at desc limit ${limit}
  `.execute(db);
  return rows.map((row) => ({
    workspaceId,
    meetingId: row.meeting_id,
    calendarEventId: row.calendar_event_id,
    startedAt: row.started_at,
  }));
}

/** Records whether HubSpot has a calendar meeting that duplicates the summary. */
export async function saveCalendarCheck(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  besideCalendarMeeting: boolean,
): Promise<void> {
  await db
    .updateTable('meetings')
    .set({ calendar_checked_at: sql<Date>`now()`, beside_calendar_meeting: besideCalendarMeeting })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .execute();
}

/** The effect of the setting `joinCalendarMeeting`, in meetings of the last 30 days. */
export interface SparedDoubles {
  readonly days: number;
  /** Summaries that duplicate a calendar meeting of the same event. The setting would have avoided them. */
  readonly doubles: number;
  /** Summaries written into a calendar meeting. The setting has avoided these duplicates. */
  readonly joined: number;
  /** Summaries that the next reconciliations will check. */
  readonly unchecked: number;
}

/** Counts the duplicates of the last 30 days that `joinCalendarMeeting` avoids or would have avoided. */
export async function countSparedDoubles(db: Db, workspaceId: string): Promise<SparedDoubles> {
  const { rows } = await sql<{ doubles: number; joined: number; unchecked: number }>`
    select
      count(*) filter (where not joined and beside_calendar_meeting)::int as doubles,
      count(*) filter (where joined)::int as joined,
      count(*) filter (where not joined and event_key is not null and calendar_checked_at is null)::int as unchecked
    from meetings join engagements using (workspace_id, meeting_id, portal_id)
    where workspace_id = ${workspaceId} and ${isCounted}
  `.execute(db);
  const [counts = { doubles: 0, joined: 0, unchecked: 0 }] = rows;
  return { days: COUNTED_DAYS, ...counts };
}

const isCounted = sql`kind = 'summary' and state = 'written' and deleted_at is null
  and accepted_at > now() - make_interval(days => ${COUNTED_DAYS}::int)`;

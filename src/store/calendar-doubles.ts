import { sql } from 'kysely';
import type { Db } from './database';
import type { MeetingKey } from './meetings';

/** The settings tell about meetings that came in within so many days. */
const COUNTED_DAYS = 30;

/** A summary of its own, and the calendar event that HubSpot may hold beside it. */
export interface CalendarCandidate extends MeetingKey {
  readonly calendarEventId: string;
  readonly startedAt: Date;
}

/** Summaries of the last 30 days for which HubSpot was not asked yet, the newest first. */
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

/** Notes whether HubSpot holds a calendar meeting beside the summary. */
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

/** What `joinCalendarMeeting` is about, in numbers of meetings of the last 30 days. */
export interface SparedDoubles {
  readonly days: number;
  /** Summaries that stand beside a calendar meeting of the same event: the setting would have spared these doubles. */
  readonly doubles: number;
  /** Summaries inside a calendar meeting: it has spared these. */
  readonly joined: number;
  /** HubSpot was not asked yet; the next reconciliations do. */
  readonly unchecked: number;
}

/** How many doubles `joinCalendarMeeting` would have spared in the last 30 days, as far as HubSpot was asked. */
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

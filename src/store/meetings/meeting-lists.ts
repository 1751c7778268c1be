import { sql, type RawBuilder } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { ReasonCode, SyncStatus } from '../../meeting/status';
import type { Db } from '../database';
import type { MeetingRow } from './meetings';

/** The filters of a list. An absent filter matches every meeting. */
export interface MeetingFilters {
  readonly status?: SyncStatus | undefined;
  readonly reason?: ReasonCode | undefined;
  /** Words that must all occur in the title, in participants' names or addresses, or in the meeting id. */
  readonly search?: string | undefined;
  /** Meetings that began at or after this time. */
  readonly from?: Date | undefined;
  /** Meetings that began before this time. */
  readonly before?: Date | undefined;
  /** Meetings that are linked to this record in the account of their last sync. */
  readonly record?: RecordRef | undefined;
}

/** The columns that a list reads. They exclude the body, which can have 5 MiB. */
const COLUMNS = [
  'workspace_id',
  'meeting_id',
  'title',
  'started_at',
  'status',
  'reason',
  'unmatched',
  'intake_warnings',
  'pass_warnings',
  'portal_id',
  'run_id',
  'erasing',
  'accepted_at',
  'synced_at',
  'updated_at',
] as const;

/** What a list shows of a meeting. */
export type ListedMeeting = Pick<MeetingRow, (typeof COLUMNS)[number]> & {
  /** Names (or addresses) of the first few participants, without the host. */
  readonly participants: readonly string[];
  readonly participantCount: number;
  readonly score: number | null;
  readonly scoreMax: number | null;
};

/** A page of a list, newest first. Cursors are null at the list's ends. */
export interface MeetingListPage {
  readonly meetings: readonly ListedMeeting[];
  /** The cursor of the page of older meetings. */
  readonly nextCursor: string | null;
  /** The cursor of the page of newer meetings. */
  readonly previousCursor: string | null;
}

/** A cursor that {@link listMeetingRows} did not return. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

interface Cursor {
  /** The time as PostgreSQL prints it, because a JavaScript date would lose its microseconds. */
  readonly acceptedAt: string;
  readonly meetingId: string;
  readonly direction: 'older' | 'newer';
}

/** A search ignores all further words. */
const MAX_WORDS = 8;

/**
 * A page of the workspace's meetings, newest first by acceptance. A cursor names a meeting, not an offset, so that new
 * meetings do not shift the pages. Paging back to the newest meeting returns the full first page.
 *
 * @throws {@link InvalidCursorError} when this function did not return the cursor
 */
export async function listMeetingRows(
  db: Db,
  workspaceId: string,
  filters: MeetingFilters,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<MeetingListPage> {
  const place = cursor === undefined ? null : parseCursor(cursor);
  if (place?.direction === 'newer') {
    const rows = await pageOf(db, workspaceId, filters, place, limit + 1);
    if (rows.length > limit) {
      const page = rows.slice(0, limit).toReversed();
      return pageWith(page, { older: true, newer: true });
    }
    return await listMeetingRows(db, workspaceId, filters, { limit });
  }
  const rows = await pageOf(db, workspaceId, filters, place, limit + 1);
  const page = rows.slice(0, limit);
  const shown = pageWith(page, { older: rows.length > limit, newer: place !== null });
  // The page after the last meeting is empty, so the way back starts at the cursor itself.
  return page.length > 0 || place === null
    ? shown
    : { ...shown, previousCursor: format({ ...place, direction: 'newer' }) };
}

/** The number of meetings by status that match the filters. Ignores the filter by status. */
export async function countByStatus(
  db: Db,
  workspaceId: string,
  filters: MeetingFilters,
): Promise<Map<SyncStatus, number>> {
  const rows = await filtered(db, workspaceId, { ...filters, status: undefined })
    .select(['meetings.status', sql<number>`count(*)`.as('count')])
    .groupBy('meetings.status')
    .execute();
  return new Map(rows.map((row) => [row.status, row.count]));
}

function pageWith(page: readonly RowOfPage[], more: { readonly older: boolean; readonly newer: boolean }) {
  const cursorAt = (row: RowOfPage | undefined, direction: Cursor['direction']) =>
    row === undefined ? null : format({ acceptedAt: row.accepted_at_text, meetingId: row.meeting_id, direction });
  return {
    meetings: page.map(listed),
    nextCursor: more.older ? cursorAt(page.at(-1), 'older') : null,
    previousCursor: more.newer ? cursorAt(page[0], 'newer') : null,
  };
}

type RowOfPage = Awaited<ReturnType<typeof pageOf>>[number];

function pageOf(db: Db, workspaceId: string, filters: MeetingFilters, place: Cursor | null, limit: number) {
  const order = place?.direction === 'newer' ? 'asc' : 'desc';
  const beside: RawBuilder<boolean> | null =
    place === null
      ? null
      : sql`(meetings.accepted_at, meetings.meeting_id) ${sql.raw(place.direction === 'newer' ? '>' : '<')} (${place.acceptedAt}::timestamptz, ${place.meetingId})`;
  return filtered(db, workspaceId, filters)
    .leftJoin('meeting_listings as listing', (join) =>
      join
        .onRef('listing.workspace_id', '=', 'meetings.workspace_id')
        .onRef('listing.meeting_id', '=', 'meetings.meeting_id'),
    )
    .select(COLUMNS.map((column) => `meetings.${column}` as const))
    .select([
      'listing.participants',
      'listing.participant_count',
      'listing.score',
      'listing.score_max',
      sql<string>`meetings.accepted_at::text`.as('accepted_at_text'),
    ])
    .$if(beside !== null, (query) => query.where(beside ?? sql<boolean>`true`))
    .orderBy('meetings.accepted_at', order)
    .orderBy('meetings.meeting_id', order)
    .limit(limit)
    .execute();
}

function listed({ participant_count, score_max, ...row }: RowOfPage): ListedMeeting {
  return {
    ...row,
    participants: row.participants ?? [],
    participantCount: participant_count ?? 0,
    scoreMax: score_max,
  };
}

function filtered(db: Db, workspaceId: string, { status, reason, search, from, before, record }: MeetingFilters) {
  const words = wordsOf(search ?? '');
  return db
    .selectFrom('meetings')
    .where('meetings.workspace_id', '=', workspaceId)
    .$if(status !== undefined, (query) => query.where('meetings.status', '=', status ?? 'accepted'))
    .$if(reason !== undefined, (query) => query.where(sql`meetings.reason ->> 'code'`, '=', reason ?? ''))
    .$if(from !== undefined, (query) => query.where('meetings.started_at', '>=', from ?? new Date(0)))
    .$if(before !== undefined, (query) => query.where('meetings.started_at', '<', before ?? new Date(0)))
    .$if(record !== undefined, (query) =>
      query.where(sql<boolean>`
        (meetings.meeting_id, meetings.portal_id) in (
          select links.meeting_id, links.portal_id from links
          where links.workspace_id = ${workspaceId} and links.object_type = ${record?.objectType ?? ''}
            and links.record_id = ${record?.id ?? ''} and links.refused is null
        )
      `),
    )
    .$if(words.length > 0, (query) =>
      query.where(sql<boolean>`
        meetings.meeting_id in (
          select found.meeting_id from meeting_listings as found
          where found.workspace_id = ${workspaceId}
            and ${sql.join(
              words.map((word) => sql`found.search_text like '%' || fold_text(${word}) || '%'`),
              sql` and `,
            )}
        )
      `),
    );
}

/** The words of a search, with LIKE's wildcards escaped. */
function wordsOf(search: string): string[] {
  return search
    .replaceAll('\0', '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS)
    .map((word) => word.replaceAll(/[\\%_]/g, String.raw`\$&`));
}

function format({ acceptedAt, meetingId, direction }: Cursor): string {
  const place = direction === 'older' ? [acceptedAt, meetingId] : [acceptedAt, meetingId, 'newer'];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function parseCursor(cursor: string): Cursor {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parsed)) {
      const [acceptedAt, meetingId, direction = 'older'] = parsed as unknown[];
      if (
        typeof acceptedAt === 'string' &&
        typeof meetingId === 'string' &&
        (direction === 'older' || direction === 'newer') &&
        !Number.isNaN(Date.parse(acceptedAt))
      )
        return { acceptedAt, meetingId, direction };
    }
  } catch {
    // A text that does not parse is not our cursor.
  }
  throw new InvalidCursorError('this API did not return this cursor: leave it out to start with the newest meeting');
}

import { sql, type RawBuilder } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import { stateOf, type ListState } from '../../meeting/list-states';
import type { ReasonCode, SyncStatus } from '../../meeting/status';
import type { Db } from '../database';
import type { MeetingRow } from './meetings';

/** The filters of a list. An absent filter matches every meeting. */
export interface MeetingFilters {
  readonly status?: SyncStatus | undefined;
  readonly state?: ListState | undefined;
  readonly reason?: ReasonCode | undefined;
  /**
   * Words that must all occur in the title, in participants' names or addresses, in the meeting id, or in the name or
   * domain of a linked record.
   */
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

/** The order of a list: by the time of acceptance, or by the time that the meetings began. */
export interface ListOrder {
  /** `@default received` */
  readonly by?: 'received' | 'date';
  /** `@default false` */
  readonly oldestFirst?: boolean;
}

/** A page of a list. Cursors are null at the list's ends. */
export interface MeetingListPage {
  readonly meetings: readonly ListedMeeting[];
  /** The cursor of the following page. */
  readonly nextCursor: string | null;
  /** The cursor of the page before. */
  readonly previousCursor: string | null;
}

/** A cursor that {@link listMeetingRows} did not return. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

interface Cursor {
  /** The time of the list's order as PostgreSQL prints it, because a JavaScript date would lose its microseconds. */
  readonly at: string;
  readonly meetingId: string;
  readonly direction: 'next' | 'previous';
}

/** Whether a meeting has no one who is in HubSpot. */
const IS_UNMATCHED = sql<boolean>`coalesce(meetings.reason ->> 'code', '') = 'no_crm_match'`;

/** The condition on `meetings` of each state. */
const IN_STATE = {
  needs_you: sql<boolean>`meetings.status = 'needs_attention'`,
  in_progress: sql<boolean>`meetings.status in ('accepted', 'syncing', 'waiting')`,
  on_timeline: sql<boolean>`meetings.status = 'synced'`,
  not_in_hubspot: sql<boolean>`meetings.status = 'skipped' and ${IS_UNMATCHED}`,
  skipped: sql<boolean>`meetings.status = 'skipped' and not ${IS_UNMATCHED}`,
  deleted: sql<boolean>`meetings.status = 'deleted'`,
} satisfies Record<ListState, unknown>;

/** A search ignores all further words. */
const MAX_WORDS = 8;

/**
 * A page of the workspace's meetings. A cursor names a meeting, not an offset, so that new meetings do not shift the
 * pages. Paging back to the first meeting returns the full first page. A cursor belongs to its order.
 *
 * @throws {@link InvalidCursorError} when this function did not return the cursor
 */
export async function listMeetingRows(
  db: Db,
  workspaceId: string,
  filters: MeetingFilters,
  { cursor, limit, ...order }: { readonly cursor?: string | undefined; readonly limit: number } & ListOrder,
): Promise<MeetingListPage> {
  const place = cursor === undefined ? null : parseCursor(cursor);
  const read = async () => await pageOf(db, workspaceId, filters, { place, limit: limit + 1, ...order });
  if (place?.direction === 'previous') {
    const rows = await read();
    if (rows.length > limit) {
      const page = rows.slice(0, limit).toReversed();
      return pageWith(page, { next: true, previous: true });
    }
    return await listMeetingRows(db, workspaceId, filters, { limit, ...order });
  }
  const rows = await read();
  const page = rows.slice(0, limit);
  const shown = pageWith(page, { next: rows.length > limit, previous: place !== null });
  // The page after the last meeting is empty, so the way back starts at the cursor itself.
  return page.length > 0 || place === null
    ? shown
    : { ...shown, previousCursor: format({ ...place, direction: 'previous' }) };
}

/** The number of meetings by state that match the filters. Ignores the filters by status and state. */
export async function countByState(
  db: Db,
  workspaceId: string,
  filters: MeetingFilters,
): Promise<Map<ListState, number>> {
  const rows = await filtered(db, workspaceId, { ...filters, status: undefined, state: undefined })
    .select(['meetings.status', IS_UNMATCHED.as('unmatched'), sql<number>`count(*)`.as('count')])
    .groupBy(['meetings.status', IS_UNMATCHED])
    .execute();
  const counts = new Map<ListState, number>();
  for (const { status, unmatched, count } of rows) {
    const state = stateOf(status, unmatched);
    counts.set(state, (counts.get(state) ?? 0) + count);
  }
  return counts;
}

function pageWith(page: readonly RowOfPage[], more: { readonly next: boolean; readonly previous: boolean }) {
  const cursorAt = (row: RowOfPage | undefined, direction: Cursor['direction']) =>
    row === undefined ? null : format({ at: row.ordered_at, meetingId: row.meeting_id, direction });
  return {
    meetings: page.map(listed),
    nextCursor: more.next ? cursorAt(page.at(-1), 'next') : null,
    previousCursor: more.previous ? cursorAt(page[0], 'previous') : null,
  };
}

type RowOfPage = Awaited<ReturnType<typeof pageOf>>[number];

function pageOf(
  db: Db,
  workspaceId: string,
  filters: MeetingFilters,
  { place, limit, by, oldestFirst = false }: { readonly place: Cursor | null; readonly limit: number } & ListOrder,
) {
  const isAscending = oldestFirst === (place?.direction !== 'previous');
  const order = isAscending ? 'asc' : 'desc';
  const time = by === 'date' ? 'meetings.started_at' : 'meetings.accepted_at';
  const beside: RawBuilder<boolean> | null =
    place === null
      ? null
      : sql`(${sql.ref(time)}, meetings.meeting_id) ${sql.raw(isAscending ? '>' : '<')} (${place.at}::timestamptz, ${place.meetingId})`;
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
      sql<string>`${sql.ref(time)}::text`.as('ordered_at'),
    ])
    .$if(beside !== null, (query) => query.where(beside ?? sql<boolean>`true`))
    .orderBy(time, order)
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

function filtered(
  db: Db,
  workspaceId: string,
  { status, state, reason, search, from, before, record }: MeetingFilters,
) {
  const words = wordsOf(search ?? '');
  return db
    .selectFrom('meetings')
    .where('meetings.workspace_id', '=', workspaceId)
    .$if(status !== undefined, (query) => query.where('meetings.status', '=', status ?? 'accepted'))
    .$if(state !== undefined, (query) => query.where(IN_STATE[state ?? 'deleted']))
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
      query.where((where) => where.and(words.map((word) => where.and([has(workspaceId, word)])))),
    );
}

/** Each half uses its own index, which a condition with `or` would not. */
function has(workspaceId: string, word: string): RawBuilder<boolean> {
  const prefixes = sql`(select string_agg(quote_literal(part) || ':*', ' & ') from unnest(tsvector_to_array(search_words(${word}))) as part)`;
  return sql<boolean>`
    meetings.meeting_id in (
      select found.meeting_id from meeting_listings as found
      where found.workspace_id = ${workspaceId} and found.search_text like '%' || fold_text(${word}) || '%'
      union all
      select links.meeting_id from connections
      join crm_records as record on record.portal_id = connections.portal_id
        and record.properties is not null and not record.archived and record.merged_into is null
        and record_words(record.portal_id, record.object_type, record.properties)
          @@ ('''portal:' || connections.portal_id || ''' & ' || ${prefixes})::tsquery
      join links on links.workspace_id = ${workspaceId} and links.object_type = record.object_type
        and links.record_id = record.record_id and links.portal_id = record.portal_id and links.refused is null
      where connections.workspace_id = ${workspaceId}
    )
  `;
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

function format({ at, meetingId, direction }: Cursor): string {
  const place = direction === 'next' ? [at, meetingId] : [at, meetingId, 'newer'];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function parseCursor(cursor: string): Cursor {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parsed)) {
      const [at, meetingId, direction] = parsed as unknown[];
      if (
        typeof at === 'string' &&
        typeof meetingId === 'string' &&
        (direction === undefined || direction === 'newer') &&
        !Number.isNaN(Date.parse(at))
      )
        return { at, meetingId, direction: direction === undefined ? 'next' : 'previous' };
    }
  } catch {
    // A text that does not parse is not our cursor.
  }
  throw new InvalidCursorError('this API did not return this cursor: leave it out to start with the newest meeting');
}

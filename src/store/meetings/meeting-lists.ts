import { sql, type RawBuilder } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import { stateOf, type ListState } from '../../meeting/list-states';
import type { ReasonCode, SyncStatus } from '../../meeting/status';
import { readPage, type PagePlace } from '../cursor-pages';
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
 * A page of the workspace's meetings ({@link readPage}). A cursor belongs to its order.
 *
 * @throws `InvalidCursorError` when this function did not return the cursor
 */
export async function listMeetingRows(
  db: Db,
  workspaceId: string,
  filters: MeetingFilters,
  { cursor, limit, ...order }: { readonly cursor?: string | undefined; readonly limit: number } & ListOrder,
): Promise<MeetingListPage> {
  const page = await readPage({ cursor, limit }, async (place, most) =>
    (await pageOf(db, workspaceId, filters, { place, limit: most, ...order })).map((row) => ({
      row,
      at: row.ordered_at,
      id: row.meeting_id,
    })),
  );
  const { rows, ...cursors } = page;
  return { meetings: rows.map(listed), ...cursors };
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

type RowOfPage = Awaited<ReturnType<typeof pageOf>>[number];

function pageOf(
  db: Db,
  workspaceId: string,
  filters: MeetingFilters,
  { place, limit, by, oldestFirst = false }: { readonly place: PagePlace | null; readonly limit: number } & ListOrder,
) {
  const isAscending = oldestFirst === (place?.direction !== 'previous');
  const order = isAscending ? 'asc' : 'desc';
  const time = by === 'date' ? 'meetings.started_at' : 'meetings.accepted_at';
  const beside: RawBuilder<boolean> | null =
    place === null
      ? null
      : sql`(${sql.ref(time)}, meetings.meeting_id) ${sql.raw(isAscending ? '>' : '<')} (${place.at}::timestamptz, ${place.id})`;
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

/**
 * Each half uses its own index, which a condition with `or` would not. `offset 0` makes PostgreSQL find the ids once: for a
 * short page it would else walk through the newest meetings, and took 4 s among 50,000.
 */
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
      offset 0
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

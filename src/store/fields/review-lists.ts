import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { recordingAt } from '../../meeting/content/recording-link';
import type { ReviewDocument, ReviewState } from '../../meeting/fields/review';
import { recordUrl } from '../../meeting/hubspot-urls';
import { objectTypeId } from '../../meeting/object-types';
import { readPage, type PagePlace } from '../cursor-pages';
import type { Db } from '../database';
import { recordNames } from '../mirror/record-names';

/** The filters of a list of reviews. An absent filter matches every review. */
export interface ReviewFilters {
  readonly status?: ReviewState | undefined;
  readonly objectType?: string | undefined;
  readonly field?: string | undefined;
  readonly meetingId?: string | undefined;
  readonly record?: RecordRef | undefined;
  /** The HubSpot account of the records. With a record, the index finds its reviews. */
  readonly portalId?: number | undefined;
}

/** A page of reviews. Cursors are null at the list's ends. */
export interface ReviewPage {
  readonly reviews: readonly ReviewDocument[];
  readonly nextCursor: string | null;
  readonly previousCursor: string | null;
}

/** The account that a review belongs to. */
export type ReviewOfAccount = ReviewDocument & { readonly portalId: number };

/**
 * A page of the workspace's reviews, the newest first.
 *
 * @throws `InvalidCursorError` when no page returned the cursor
 */
export async function listReviews(
  db: Db,
  workspaceId: string,
  filters: ReviewFilters,
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<ReviewPage> {
  const { rows, ...cursors } = await readPage(page, async (place, limit) =>
    (await rowsOf(db, workspaceId, { filters, place, limit })).map((row) => ({ row, at: row.ordered_at, id: row.id })),
  );
  return { reviews: (await documentsOf(db, rows)).map(({ portalId: _portalId, ...review }) => review), ...cursors };
}

/** One review; null if the workspace has none with this id. */
export async function findReview(db: Db, workspaceId: string, id: string): Promise<ReviewOfAccount | null> {
  const rows = await selected(db, workspaceId, {}).where('known.id', '=', id).execute();
  return (await documentsOf(db, rows))[0] ?? null;
}

/** How many suggestions wait for a person. */
export async function countOpenReviews(
  db: Db,
  workspaceId: string,
  filters: Omit<ReviewFilters, 'status'> = {},
): Promise<number> {
  const { count } = await matching(db, workspaceId, { ...filters, status: 'open' })
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

function matching(
  db: Db,
  workspaceId: string,
  { status, objectType, field, meetingId, record, portalId }: ReviewFilters,
) {
  return db
    .selectFrom('field_reviews as known')
    .where('known.workspace_id', '=', workspaceId)
    .$if(status !== undefined, (query) => query.where('known.state', '=', status ?? 'open'))
    .$if(objectType !== undefined, (query) => query.where('known.object_type', '=', objectType ?? ''))
    .$if(field !== undefined, (query) => query.where('known.field', '=', field ?? ''))
    .$if(meetingId !== undefined, (query) => query.where('known.meeting_id', '=', meetingId ?? ''))
    .$if(portalId !== undefined, (query) => query.where('known.portal_id', '=', portalId ?? 0))
    .$if(record !== undefined, (query) =>
      query.where((where) =>
        where.and({ 'known.object_type': record?.objectType ?? '', 'known.record_id': record?.id ?? '' }),
      ),
    );
}

function selected(db: Db, workspaceId: string, filters: ReviewFilters) {
  return matching(db, workspaceId, filters)
    .leftJoin('meetings', (join) =>
      join
        .onRef('meetings.workspace_id', '=', 'known.workspace_id')
        .onRef('meetings.meeting_id', '=', 'known.meeting_id'),
    )
    .leftJoin('connections', (join) =>
      join
        .onRef('connections.workspace_id', '=', 'known.workspace_id')
        .onRef('connections.portal_id', '=', 'known.portal_id'),
    )
    .innerJoin('workspaces', 'workspaces.id', 'known.workspace_id')
    .selectAll('known')
    .select([
      'meetings.title',
      'meetings.started_at',
      'connections.ui_domain',
      sql<string | null>`meetings.body ->> 'recordingUrl'`.as('recording_url'),
      sql<string | null>`workspaces.settings ->> 'recordingLinkFormat'`.as('link_format'),
      sql<string>`known.created_at::text`.as('ordered_at'),
    ]);
}

type ReviewRow = Awaited<ReturnType<typeof rowsOf>>[number];

async function rowsOf(
  db: Db,
  workspaceId: string,
  {
    filters,
    place,
    limit,
  }: { readonly filters: ReviewFilters; readonly place: PagePlace | null; readonly limit: number },
) {
  const isAscending = place?.direction === 'previous';
  const order = isAscending ? 'asc' : 'desc';
  return await selected(db, workspaceId, filters)
    .$if(place !== null, (query) =>
      query.where(
        sql<boolean>`(known.created_at, known.id) ${sql.raw(isAscending ? '>' : '<')} (${place?.at}::timestamptz, ${place?.id})`,
      ),
    )
    .orderBy('known.created_at', order)
    .orderBy('known.id', order)
    .limit(limit)
    .execute();
}

async function documentsOf(db: Db, rows: readonly ReviewRow[]): Promise<ReviewOfAccount[]> {
  const ofPortals = Map.groupBy(rows, (row) => row.portal_id);
  const names = new Map(
    await Promise.all(
      [...ofPortals].map(async ([portalId, some]) => {
        const refs = some.map((row) => ({ objectType: row.object_type, id: row.record_id }));
        return [portalId, await recordNames(db, portalId, refs)] as const;
      }),
    ),
  );
  return rows.map((row) => {
    const { object_type: objectType, record_id: recordId, portal_id: portalId, ui_domain: uiDomain } = row;
    const recordName = names.get(portalId)?.get(recordKey({ objectType, id: recordId })) ?? null;
    return {
      id: row.id,
      status: row.state,
      meetingId: row.meeting_id,
      title: row.title || null,
      startedAt: row.started_at?.toISOString() ?? null,
      field: row.field,
      objectType,
      recordId,
      recordName,
      recordUrl: uiDomain === null ? null : recordUrl(uiDomain, portalId, objectTypeId(objectType), recordId),
      property: row.property,
      label: row.label ?? row.property,
      present: row.present,
      proposed: row.proposed,
      value: row.value,
      quote: row.quote,
      startSeconds: row.start_seconds,
      recordingUrl: recordingAt(
        { meetingId: row.meeting_id, recordingUrl: row.recording_url },
        row.start_seconds,
        row.link_format,
      ),
      reason: row.reason,
      createdAt: row.created_at.toISOString(),
      decidedAt: row.decided_at?.toISOString() ?? null,
      decidedBy: row.decided_by,
      writtenAt: row.applied_at?.toISOString() ?? null,
      portalId,
    };
  });
}

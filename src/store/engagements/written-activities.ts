import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { Db, DbPool } from '../database';
import { RESTORABLE_DAYS } from './engagement-associations';
import type { EngagementKind } from './tables';
import type { MeetingKey } from '../meetings/key';
import { requeue, theMeetings } from '../meetings/requeue';
import type { Database } from '../schema';

/** A row of the ledger: an activity that we wrote, or a calendar meeting that our summary is part of. */
export interface WrittenActivity extends MeetingKey {
  readonly portalId: number;
  readonly kind: EngagementKind;
  readonly objectType: Selectable<Database['engagements']>['object_type'];
  readonly hubspotId: string;
  readonly joined: boolean;
  /** Whether we know that a person deleted it. */
  readonly deleted: boolean;
}

function written(db: Db, workspaceId: string, portalId: number) {
  return db
    .selectFrom('engagements')
    .select(['workspace_id', 'meeting_id', 'portal_id', 'kind', 'object_type', 'hubspot_id', 'joined', 'deleted_at'])
    .where((where) => where.and({ workspace_id: workspaceId, portal_id: portalId, state: 'written' }));
}

type Row = Awaited<ReturnType<ReturnType<typeof written>['execute']>>[number];

function activityOf(row: Row): WrittenActivity[] {
  if (row.hubspot_id === null) return [];
  return [
    {
      workspaceId: row.workspace_id,
      meetingId: row.meeting_id,
      portalId: row.portal_id,
      kind: row.kind,
      objectType: row.object_type,
      hubspotId: row.hubspot_id,
      joined: row.joined,
      deleted: row.deleted_at !== null,
    },
  ];
}

/**
 * Activities that have not been checked since `before`, the longest unchecked first. Includes deleted ones as long as
 * HubSpot can restore them.
 */
export async function activitiesToCheck(
  db: Db,
  { workspaceId, portalId, before, limit }: { workspaceId: string; portalId: number; before: Date; limit: number },
): Promise<WrittenActivity[]> {
  const rows = await written(db, workspaceId, portalId)
    .where((where) => where.or([where('checked_at', 'is', null), where('checked_at', '<', before)]))
    .where((where) =>
      where.or([
        where('deleted_at', 'is', null),
        where('deleted_at', '>', sql<Date>`now() - make_interval(days => ${RESTORABLE_DAYS}::int)`),
      ]),
    )
    .orderBy('checked_at', (order) => order.asc().nullsFirst())
    .limit(limit)
    .execute();
  return rows.flatMap(activityOf);
}

/** @returns those of the records that are our activities */
export async function activitiesAmong(
  db: Db,
  { workspaceId, portalId }: { workspaceId: string; portalId: number },
  refs: readonly RecordRef[],
): Promise<WrittenActivity[]> {
  if (refs.length === 0) return [];
  const rows = await written(db, workspaceId, portalId)
    .where(sql<boolean>`object_type || '/' || hubspot_id = any (${refs.map((ref) => `${ref.objectType}/${ref.id}`)})`)
    .where('hubspot_id', 'in', [...new Set(refs.map((ref) => ref.id))])
    .execute();
  return rows.flatMap(activityOf);
}

/**
 * Commits which activities exist in HubSpot, and requests syncs of the meetings for which this has changed. The pass then
 * reports deletions and rewrites restored activities. A restored calendar meeting still counts as deleted, because only
 * its body shows whether our part was restored, and only a resync reads it.
 */
export async function saveExistence(
  db: DbPool,
  {
    missing,
    existing,
  }: { readonly missing: readonly WrittenActivity[]; readonly existing: readonly WrittenActivity[] },
): Promise<{ readonly deleted: number; readonly restored: number }> {
  const deleted = missing.filter((activity) => !activity.deleted);
  const restored = existing.filter((activity) => activity.deleted && !activity.joined);
  const columns = (activities: readonly WrittenActivity[]) => sql`
    unnest(
      ${activities.map((each) => each.workspaceId)}::text[], ${activities.map((each) => each.meetingId)}::text[],
      ${activities.map((each) => String(each.portalId))}::bigint[], ${activities.map((each) => each.kind)}::text[],
      ${activities.map((each) => each.hubspotId)}::text[]
    ) as seen (workspace_id, meeting_id, portal_id, kind, hubspot_id)`;
  const isSeen = sql`engagements.workspace_id = seen.workspace_id and engagements.meeting_id = seen.meeting_id
    and engagements.portal_id = seen.portal_id and engagements.kind = seen.kind
    and engagements.hubspot_id = seen.hubspot_id and engagements.state = 'written'`;
  const markDeleted = sql<MeetingKey>`
    update engagements set deleted_at = clock_timestamp(), checked_at = clock_timestamp() from ${columns(deleted)}
    where ${isSeen} and engagements.deleted_at is null and not engagements.removing
    returning engagements.workspace_id as "workspaceId", engagements.meeting_id as "meetingId"`;
  const markRestored = sql<MeetingKey>`
    update engagements set deleted_at = null, content_hash = null, checked_at = clock_timestamp() from ${columns(restored)}
    where ${isSeen} and engagements.deleted_at is not null
    returning engagements.workspace_id as "workspaceId", engagements.meeting_id as "meetingId"`;
  // Marks and requeues in one transaction, because later checks skip what is marked already.
  const markAndRequeue = async (mark: RawBuilder<MeetingKey>) =>
    await db.transaction().execute(async (transaction) => {
      const { rows } = await mark.execute(transaction);
      return await requeue(transaction, theMeetings(rows), 'hubspot_changed');
    });
  return { deleted: await markAndRequeue(markDeleted), restored: await markAndRequeue(markRestored) };
}

/** Records that the activities were checked. */
export async function markChecked(db: Db, activities: readonly WrittenActivity[]): Promise<void> {
  if (activities.length === 0) return;
  await sql`
    update engagements set checked_at = clock_timestamp()
    from unnest(
      ${activities.map((each) => each.workspaceId)}::text[], ${activities.map((each) => each.meetingId)}::text[],
      ${activities.map((each) => String(each.portalId))}::bigint[], ${activities.map((each) => each.kind)}::text[]
    ) as seen (workspace_id, meeting_id, portal_id, kind)
    where engagements.workspace_id = seen.workspace_id and engagements.meeting_id = seen.meeting_id
      and engagements.portal_id = seen.portal_id and engagements.kind = seen.kind
  `.execute(db);
}

/** @returns those of `hubspotIds` that the ledger lists as activities of other meetings, which must not be adopted */
export async function knownHubspotIds(
  db: Db,
  portalId: number,
  objectType: Selectable<Database['engagements']>['object_type'],
  hubspotIds: readonly string[],
): Promise<Set<string>> {
  if (hubspotIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('engagements')
    .select('hubspot_id')
    .where((where) => where.and({ portal_id: portalId, object_type: objectType }))
    .where('hubspot_id', 'in', hubspotIds)
    .execute();
  return new Set(rows.flatMap((row) => row.hubspot_id ?? []));
}

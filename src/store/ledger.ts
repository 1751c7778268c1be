import { sql, type Kysely, type Selectable } from 'kysely';
import { recordKey, type RecordRef } from '../meeting/cascade';
import type { Db } from './database';
import type { MeetingKey } from './meetings';
import type { Database, EngagementKind } from './schema';

export type EngagementRow = Selectable<Database['engagements']>;

/** One activity of one meeting in one HubSpot account. */
export interface EngagementKey extends MeetingKey {
  readonly portalId: number;
  readonly kind: EngagementKind;
}

function ofEngagement({ workspaceId, meetingId, portalId, kind }: EngagementKey) {
  return { workspace_id: workspaceId, meeting_id: meetingId, portal_id: portalId, kind };
}

/** What the ledger says about one activity, or null when no create was ever sent. */
export async function findEngagement(db: Db, key: EngagementKey): Promise<EngagementRow | null> {
  const query = db
    .selectFrom('engagements')
    .selectAll()
    .where((where) => where.and(ofEngagement(key)));
  return (await query.executeTakeFirst()) ?? null;
}

/** All activities of one meeting in one account. */
export async function listEngagements(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  portalId: number,
): Promise<EngagementRow[]> {
  return await db
    .selectFrom('engagements')
    .selectAll()
    .where((where) => where.and({ workspace_id: workspaceId, meeting_id: meetingId, portal_id: portalId }))
    .execute();
}

/**
 * Commits that a create is about to be sent, and the associations that go with it. From here until {@link markWritten}
 * or {@link forgetEngagement} its outcome counts as unknown, and those records are where it is looked for.
 */
export async function markWriting(
  db: Kysely<Database>,
  key: EngagementKey,
  objectType: EngagementRow['object_type'],
  associations: readonly RecordRef[],
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await forgetEngagement(transaction, key);
    await transaction
      .insertInto('engagements')
      .values({ ...ofEngagement(key), state: 'writing', object_type: objectType, writing_since: sql<Date>`now()` })
      .execute();
    await addAssociations(transaction, key, associations);
  });
}

/** What HubSpot has, once it is known. */
export interface WrittenEngagement {
  readonly hubspotId: string;
  readonly url: string;
  readonly contentHash: string | null;
}

/** Commits what HubSpot has. A null `contentHash` (an adopted activity) means its content is to be written again. */
export async function markWritten(db: Db, key: EngagementKey, written: WrittenEngagement): Promise<void> {
  await db
    .updateTable('engagements')
    .set({
      state: 'written',
      hubspot_id: written.hubspotId,
      url: written.url,
      content_hash: written.contentHash,
      writing_since: null,
      written_at: sql<Date>`now()`,
    })
    .where((where) => where.and(ofEngagement(key)))
    .execute();
}

/** The activity surely is not in HubSpot (any more): the next sync creates it anew. */
export async function forgetEngagement(db: Db, key: EngagementKey): Promise<void> {
  await db
    .deleteFrom('engagements')
    .where((where) => where.and(ofEngagement(key)))
    .execute();
}

/** Those of `hubspotIds` that the ledger knows as other meetings' activities: they are never adopted. */
export async function knownHubspotIds(
  db: Db,
  portalId: number,
  objectType: EngagementRow['object_type'],
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

/** The associations of one activity that we put there. */
export async function listAssociations(db: Db, key: EngagementKey): Promise<RecordRef[]> {
  const rows = await db
    .selectFrom('engagement_associations')
    .select(['object_type', 'record_id'])
    .where((where) => where.and(ofEngagement(key)))
    .execute();
  return rows.map((row) => ({ objectType: row.object_type, id: row.record_id }));
}

/** Records associations that now stand in HubSpot by our hand. Repeating is harmless. */
export async function addAssociations(db: Db, key: EngagementKey, records: readonly RecordRef[]): Promise<void> {
  if (records.length === 0) return;
  await db
    .insertInto('engagement_associations')
    .values(records.map((record) => ({ ...ofEngagement(key), object_type: record.objectType, record_id: record.id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Records associations that no longer stand. */
export async function removeAssociations(db: Db, key: EngagementKey, records: readonly RecordRef[]): Promise<void> {
  if (records.length === 0) return;
  await db
    .deleteFrom('engagement_associations')
    .where((where) => where.and(ofEngagement(key)))
    .where(sql`object_type || '/' || record_id`, 'in', records.map(recordKey))
    .execute();
}

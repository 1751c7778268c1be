import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../meeting/cascade';
import type { Db } from './database';
import type { MeetingKey } from './meetings';
import type { EngagementKind } from './schema';

/** HubSpot keeps deleted records so long: after that nobody can restore them any more. */
export const RESTORABLE_DAYS = 90;

/** One activity of one meeting in one HubSpot account. */
export interface EngagementKey extends MeetingKey {
  readonly portalId: number;
  readonly kind: EngagementKind;
}

export function ofEngagement({ workspaceId, meetingId, portalId, kind }: EngagementKey) {
  return { workspace_id: workspaceId, meeting_id: meetingId, portal_id: portalId, kind };
}

/**
 * An association that we put there. `pending`: it was about to be made, and may not stand yet. `gone`: it was to be taken
 * away when its record was not there to take it from; HubSpot brings it back with the record.
 */
export type OwnAssociation = RecordRef & { readonly pending: boolean; readonly gone: boolean };

/** The associations of one activity that we put there. */
export async function listAssociations(db: Db, key: EngagementKey): Promise<OwnAssociation[]> {
  const rows = await db
    .selectFrom('engagement_associations')
    .select(['object_type', 'record_id', 'pending', 'gone_at'])
    .where((where) => where.and(ofEngagement(key)))
    .execute();
  return rows.map((row) => ({
    objectType: row.object_type,
    id: row.record_id,
    pending: row.pending,
    gone: row.gone_at !== null,
  }));
}

/**
 * Records associations that stand in HubSpot by our hand. Repeating is harmless.
 *
 * @param options - `pending`: they are about to be made, and did not stand before
 */
export async function addAssociations(
  db: Db,
  key: EngagementKey,
  records: readonly RecordRef[],
  { pending = false }: { readonly pending?: boolean } = {},
): Promise<void> {
  if (records.length === 0) return;
  await db
    .insertInto('engagement_associations')
    .values(
      records.map((record) => ({
        ...ofEngagement(key),
        object_type: record.objectType,
        record_id: record.id,
        pending,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['workspace_id', 'meeting_id', 'portal_id', 'kind', 'object_type', 'record_id'])
        .doUpdateSet({ pending, gone_at: null }),
    )
    .execute();
}

/** Records that associations cannot be taken away while their records are gone; those of long ago are forgotten. */
export async function keepGoneAssociations(db: Db, key: EngagementKey, records: readonly RecordRef[]): Promise<void> {
  if (records.length === 0) return;
  await db
    .updateTable('engagement_associations')
    .set({ gone_at: sql<Date>`coalesce(gone_at, now())` })
    .where((where) => where.and(ofEngagement(key)))
    .where(sql`object_type || '/' || record_id`, 'in', records.map(recordKey))
    .execute();
  await db
    .deleteFrom('engagement_associations')
    .where((where) => where.and(ofEngagement(key)))
    .where('gone_at', '<', sql<Date>`now() - make_interval(days => ${RESTORABLE_DAYS}::int)`)
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

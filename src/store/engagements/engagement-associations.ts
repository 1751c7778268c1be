import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import type { Db } from '../database';
import { groupedBy, merged } from '../merged';
import { idInAccount, idOfRow, ofMeetings, type AccountMeeting } from '../meetings/key';
import type { EngagementKind } from './tables';

/** Deleted records can be restored in HubSpot for this long. */
export const RESTORABLE_DAYS = 90;

/** One activity of one meeting in one HubSpot account. */
export interface EngagementKey extends AccountMeeting {
  readonly kind: EngagementKind;
}

/** The columns that identify the engagement, for conditions and inserts. */
export function ofEngagement({ workspaceId, meetingId, portalId, kind }: EngagementKey) {
  return { workspace_id: workspaceId, meeting_id: meetingId, portal_id: portalId, kind };
}

/**
 * An association that we created. `pending`: a request to create it may not have been sent or applied. `gone`: it could
 * not be removed because its record was deleted; HubSpot restores it together with the record.
 */
export type OwnAssociation = RecordRef & { readonly pending: boolean; readonly gone: boolean };

/** The associations of one activity that we created. */
export async function listAssociations(db: Db, key: EngagementKey): Promise<OwnAssociation[]> {
  return await associationsOf(db, key);
}

const associationsOf = merged(async (db, keys: readonly EngagementKey[]) => {
  const rows = await db.selectFrom('engagement_associations').selectAll().where(ofMeetings(keys)).execute();
  const found = groupedBy(rows, idOfRow);
  return keys.map((key) =>
    found(idInAccount(key))
      .filter((row) => row.kind === key.kind)
      .map((row) => ({
        objectType: row.object_type,
        id: row.record_id,
        pending: row.pending,
        gone: row.gone_at !== null,
      })),
  );
});

/**
 * Records associations that we have created or are about to create in HubSpot. Repeating is harmless.
 *
 * @param options - `pending`: they are about to be created (`@default false`)
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

/**
 * Records that associations could not be removed because their records are deleted. Drops those whose records can no
 * longer be restored.
 */
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

/** Records that associations were removed. */
export async function removeAssociations(db: Db, key: EngagementKey, records: readonly RecordRef[]): Promise<void> {
  if (records.length === 0) return;
  await db
    .deleteFrom('engagement_associations')
    .where((where) => where.and(ofEngagement(key)))
    .where(sql`object_type || '/' || record_id`, 'in', records.map(recordKey))
    .execute();
}

import { sql } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { Choice } from '../../meeting/linking/choices';
import type { Db } from '../database';
import { ofLink, type MeetingKey } from './key';

/** The manual choices for a meeting in one HubSpot account, oldest first. */
export async function listChoices(db: Db, { workspaceId, meetingId }: MeetingKey, portalId: number): Promise<Choice[]> {
  const rows = await db
    .selectFrom('manual_links')
    .select(['object_type', 'record_id', 'choice'])
    .where((where) => where.and({ workspace_id: workspaceId, meeting_id: meetingId, portal_id: portalId }))
    .orderBy('chosen_at')
    .orderBy('object_type')
    .orderBy('record_id')
    .execute();
  return rows.map((row) => ({ objectType: row.object_type, id: row.record_id, choice: row.choice }));
}

/** Stores a choice. It replaces an earlier one about the same record. */
export async function chooseLink(
  db: Db,
  key: MeetingKey,
  portalId: number,
  record: RecordRef,
  choice: 'linked' | 'unlinked',
): Promise<void> {
  const values = { choice, chosen_at: sql<Date>`now()`, was_linked: false };
  await db
    .insertInto('manual_links')
    .values({ ...ofLink(key, portalId, record), ...values })
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'meeting_id', 'portal_id', 'object_type', 'record_id']).doUpdateSet({
        ...values,
        // A second unlinking keeps whether the record was linked by hand before the first.
        was_linked: sql<boolean>`excluded.choice = 'unlinked' and (manual_links.choice = 'linked' or manual_links.was_linked)`,
      }),
    )
    .execute();
}

/**
 * Undoes the unlinking of a record. If it was linked by hand before, it is again; otherwise the rules decide.
 *
 * @param keep - link it by hand in any case
 * @returns false when the record is not unlinked
 */
export async function undoUnlinking(
  db: Db,
  key: MeetingKey,
  portalId: number,
  record: RecordRef,
  { keep }: { readonly keep: boolean },
): Promise<boolean> {
  const unlinked = { ...ofLink(key, portalId, record), choice: 'unlinked' as const };
  const relinked = await db
    .updateTable('manual_links')
    .set({ choice: 'linked', chosen_at: sql<Date>`now()`, was_linked: false })
    .where((where) => where.and(unlinked))
    .where((where) => where.or([where('was_linked', '=', true), where.lit(keep)]))
    .executeTakeFirst();
  if (relinked.numUpdatedRows > 0n) return true;
  const forgotten = await db
    .deleteFrom('manual_links')
    .where((where) => where.and(unlinked))
    .executeTakeFirst();
  return forgotten.numDeletedRows > 0n;
}

/** Forgets that a record was linked by hand, so that the rules decide. @returns false when it was not */
export async function undoLinking(db: Db, key: MeetingKey, portalId: number, record: RecordRef): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('manual_links')
    .where((where) => where.and({ ...ofLink(key, portalId, record), choice: 'linked' as const }))
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

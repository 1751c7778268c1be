import { sql } from 'kysely';
import type { RecordRef } from '../meeting/cascade';
import type { Db } from './database';
import type { MeetingKey } from './meetings';

/** What people chose for a meeting in one HubSpot account. */
export interface ManualLinks {
  readonly linked: readonly RecordRef[];
  readonly unlinked: readonly RecordRef[];
}

/** The choices made by hand; both lists are empty when nobody made any. */
export async function listManualLinks(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  portalId: number,
): Promise<ManualLinks> {
  const rows = await db
    .selectFrom('manual_links')
    .select(['object_type', 'record_id', 'choice'])
    .where((where) => where.and({ workspace_id: workspaceId, meeting_id: meetingId, portal_id: portalId }))
    .execute();
  const chosen = (choice: 'linked' | 'unlinked') =>
    rows.filter((row) => row.choice === choice).map((row) => ({ objectType: row.object_type, id: row.record_id }));
  return { linked: chosen('linked'), unlinked: chosen('unlinked') };
}

/** Keeps a choice; a later one about the same record replaces it. */
export async function chooseLink(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  portalId: number,
  record: RecordRef,
  choice: 'linked' | 'unlinked',
): Promise<void> {
  const values = { choice, chosen_at: sql<Date>`now()` };
  await db
    .insertInto('manual_links')
    .values({
      workspace_id: workspaceId,
      meeting_id: meetingId,
      portal_id: portalId,
      object_type: record.objectType,
      record_id: record.id,
      ...values,
    })
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'meeting_id', 'portal_id', 'object_type', 'record_id']).doUpdateSet(values),
    )
    .execute();
}
